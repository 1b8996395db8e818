import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DeclaredError } from '../../../electron/contract/errors.ts';
import type { GuestDefinition } from '../../../electron/contract/guests.ts';
import { guestLoad, measurementKind, type GuestLoad } from '../../../electron/contract/measurements.ts';
import { fillLoad, loadLine, loadLoads, loadsOfGuest, shortForm, workOf, type LoadsOfSystem } from '../../../electron/core/measurements/loads.ts';
import { listResources, readResource } from '../../../electron/host/storage/resources.ts';

const systems = listResources(join(import.meta.dirname, '../../../resources/loads'), '.yaml').map((path): LoadsOfSystem => {
  const { file, data } = readResource(path);
  return loadLoads(file, data);
});

type Guest = Pick<GuestDefinition, 'phaseTable' | 'architecture' | 'disks'>;
const bare: Guest = { phaseTable: 'builtin-i386', architecture: 'i386', disks: [] };
const withDisk: Guest = { ...bare, disks: [{ disk: 'd', bus: 'ide', readOnly: false }] };

function issues(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    const { details } = (error as DeclaredError<'INPUT_INVALID'>).failure;
    return JSON.stringify(details);
  }
  return '';
}

const calls: GuestLoad = {
  id: 'calls', title: '', line: 'calls {count} {entry}', does: '', kinds: ['syscalls'], metrics: ['systemCalls'], verified: null, impossible: null,
  parameters: [
    { kind: 'number', name: 'count', title: 'how many', low: 1, high: 1_000, default: 10 },
    { kind: 'word', name: 'entry', title: 'way', choices: ['', 'int21'], default: '' },
  ],
  work: { unit: 'calls', parameter: 'count', times: 2 },
};

describe('the loads that Petri ships', () => {
  it('are there for each system, in a form that the contract knows, and can be filled with their own defaults', () => {
    expect(systems.flatMap(({ phaseTables }) => phaseTables).sort()).toEqual(['builtin-arm', 'builtin-i386', 'gnumach', 'linux', 'minix2', 'minix3']);
    for (const { phaseTables } of systems) {
      for (const phaseTable of phaseTables) {
        const loads = loadsOfGuest(systems, { ...withDisk, phaseTable, disks: [{ disk: 'd', bus: 'ide', readOnly: false }] });
        expect(new Set(loads.map(({ id }) => id)).size).toBe(loads.length);
        for (const load of loads) {
          expect(guestLoad.parse(load)).toEqual(load);
          expect(fillLoad({ ...load, impossible: null }, [])).not.toMatch(/[{}]/);
        }
        expect(measurementKind.options.filter((kind) => kind !== 'boot').every((kind) => loads.some(({ kinds }) => kinds.includes(kind)))).toBe(true);
      }
    }
  });

  it('are not called verified where nobody has seen them work', () => {
    const unseen = (phaseTable: string): string[] => loadsOfGuest(systems, { ...bare, phaseTable }).flatMap(({ id, verified }) => (verified === null ? [id] : []));
    expect(unseen('builtin-arm')).toEqual([]);
    expect(unseen('linux')).toEqual(['diskRead', 'diskWrite', 'download', 'compile']);
    expect(unseen('minix3')).toHaveLength(loadsOfGuest(systems, { ...bare, phaseTable: 'minix3' }).length);
  });

  it('say what hinders a guest, and are then refused', () => {
    const load = (guest: Guest, id: string): GuestLoad => {
      const found = loadsOfGuest(systems, guest).find((candidate) => candidate.id === id);
      if (found === undefined) throw new Error(`no load ${id}`);
      return found;
    };
    expect(load(bare, 'diskRead').impossible).toBe('the guest has no IDE disk');
    expect(load(withDisk, 'diskRead').impossible).toBeNull();
    expect(load({ ...withDisk, phaseTable: 'builtin-arm', architecture: 'arm' }, 'diskRead').impossible).toMatch(/i386 only/);
    expect(load({ ...bare, phaseTable: 'linux', architecture: 'x86_64' }, 'compile').impossible).toMatch(/compiler/);
    expect(load({ ...bare, phaseTable: 'linux', architecture: 'x86_64' }, 'download').impossible).toMatch(/no network/);
    expect(issues(() => fillLoad(load(bare, 'diskWrite'), []))).toContain('the guest has no IDE disk');
  });
});

describe('a load', () => {
  it('is filled by place or by name, and what is left out has its default', () => {
    expect(fillLoad(calls, [])).toBe('calls 10');
    expect(fillLoad(calls, ['7'])).toBe('calls 7');
    expect(fillLoad(calls, ['7', 'int21'])).toBe('calls 7 int21');
    expect(fillLoad(calls, ['entry=int21'])).toBe('calls 10 int21');
  });

  it.each([
    [['0'], '1 to 1000'], [['1001'], '1 to 1000'], [['1.5'], '1 to 1000'], [['-1'], '1 to 1000'], [['1\rhalt'], '1 to 1000'], [['5', 'int99'], 'none of int21'], [['1', '', 'x'], 'one too many'],
  ])('refuses %j', (values, reason) => {
    expect(issues(() => fillLoad(calls, values))).toContain(reason);
  });

  it('has texts of one word only, so that no other command can hide in them', () => {
    const load: GuestLoad = { ...calls, line: 'wget {address}', parameters: [{ kind: 'text', name: 'address', title: 'where', default: 'http://a/' }], work: null };
    expect(fillLoad(load, ['http://10.0.2.2:80/x'])).toBe('wget http://10.0.2.2:80/x');
    for (const value of ['a;halt', 'a b', '$(halt)', '`halt`', 'a\r', '']) expect(issues(() => fillLoad(load, [value])), value).toContain('not one word');
  });

  it('has a short form, which a line of one’s own is not', () => {
    expect(shortForm([calls], 'calls:25,int21')).toBe('calls 25 int21');
    expect(shortForm([calls], 'calls')).toBe('calls 10');
    for (const line of ['calls 25', 'other:1', 'ls -l', '']) expect(shortForm([calls], line), line).toBeNull();
    expect(issues(() => shortForm([calls], 'calls:9999'))).toContain('1 to 1000');
  });

  it('is named by its short form or its line, and what is neither is refused with what there is', () => {
    expect(loadLine([calls], 'calls:25,int21')).toBe('calls 25 int21');
    expect(loadLine([calls], 'calls 25')).toBe('calls 25');
    expect(issues(() => loadLine([calls], 'calls 99999'))).toContain('1 to 1000');
    expect(issues(() => loadLine([calls], 'calls 5 int99'))).toContain('none of int21');
    for (const text of ['nothere:5', 'nothere', 'ls -l', 'call 5', '']) expect(issues(() => loadLine([calls], text)), text).toMatch(/is no load of this guest: there are calls\. A line of your own is said to be typed/);
    expect(issues(() => loadLine([], 'ls'))).toContain('none is known of this system');
    expect(issues(() => loadLine([{ ...calls, impossible: 'no disk' }], 'calls 5'))).toContain('no disk');
    for (const load of systems.flatMap(({ loads }) => loads)) {
      const known = { ...load, verified: null, impossible: null };
      const line = fillLoad(known, []);
      expect(loadLine([known], line), line).toBe(line);
    }
  });

  it('is known again by its line, with how much it does', () => {
    expect(workOf([calls], 'calls 7')).toEqual({ unit: 'calls', amount: 14 });
    expect(workOf([calls], 'calls 7 int21')).toEqual({ unit: 'calls', amount: 14 });
    for (const line of ['calls', 'calls x', 'callsX7', 'faults 7', 'calls 7 int21 more']) expect(workOf([calls], line), line).toBeNull();
    expect(workOf(loadsOfGuest(systems, { ...bare, phaseTable: 'linux' }), 'i=0; while [ $i -lt 30 ]; do /bin/true; i=$((i+1)); done')).toEqual({ unit: 'processes', amount: 30 });
  });

  it.each([
    [{ line: 'calls {count} {entry} {more}' }, 'no parameter'], [{ line: 'calls {count}' }, 'not in the line'], [{ work: { unit: 'x', parameter: 'y', times: 1 } }, 'counted by y'],
    [{ unknown: true }, 'Unrecognized'], [{ kinds: [] }, 'kinds'],
  ])('that is wrong is refused with what is wrong: %j', (change, problem) => {
    const { verified: _verified, impossible: _impossible, ...load } = calls;
    const file = { phaseTables: ['x'], source: 's', verified: null, loads: [{ ...load, ...change }] };
    expect(issues(() => loadLoads('x.yaml', file))).toContain(problem);
    expect(() => loadLoads('x.yaml', { ...file, loads: [load] })).not.toThrow();
  });
});
