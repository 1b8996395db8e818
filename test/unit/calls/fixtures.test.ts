import { describe, expect, it } from 'vitest';
import { createCallCounter } from '../../../electron/core/calls/countCalls.ts';
import { rankCalls } from '../../../electron/core/calls/rankCalls.ts';
import type { CallEvent, ReturnEvent } from '../../../electron/core/traces/traceEvent.ts';
import { readFixture } from './fixture.ts';
import { decoder, names } from './loaded.ts';

function counted(name: string) {
  const fixture = readFixture(name);
  const counter = createCallCounter({ decoder: decoder(fixture.decoder) });
  for (const event of fixture.events) counter.take(event);
  const table = counter.result();
  const ranking = rankCalls(table);
  return { fixture, table, left: counter.left, countOf: (call: string) => ranking.filter((row) => row.name === call).reduce((sum, row) => sum + row.count, 0) };
}

describe.each(['builtin-i386', 'builtin-arm', 'linux-x86_64', 'linux-i386', 'linux-arm', 'mach'])('the boot of %s', (name) => {
  const { fixture, table, left, countOf } = counted(name);

  it('has a name for every call, and a call for nearly every return', () => {
    expect(table.total).toBeGreaterThan(10);
    expect({ unnamed: table.unnamed, undecoded: left.undecoded }).toEqual({ unnamed: 0, undecoded: 0 });
    expect(left.returnsWithoutCall / table.total).toBeLessThan(0.1);
  });

  it('has the counts that the guest says', () => {
    for (const [call, truth] of Object.entries(fixture.truth)) expect([call, countOf(call)]).toEqual([call, truth]);
  });

  it('is what the names are said to be verified with', () => {
    expect(decoder(fixture.decoder).verified).toMatchObject({ date: fixture.date, kernel: expect.stringMatching(/^sha256:/) as string });
    expect(table.verified).toContain('QEMU 7.2.22');
  });
});

describe('the built-in guest’s ways into the kernel', () => {
  it('are all decoded', () => {
    expect(counted('builtin-i386').table.entries.map(({ entry }) => entry).sort()).toEqual(['int 0x20', 'int 0x21', 'int 0x22', 'int 0x23', 'syscall', 'sysenter']);
  });

  it('make the round trips that it counts', () => {
    const { table } = counted('builtin-arm');
    expect(table.rows.find(({ name }) => name === 'PM_GETPID')).toMatchObject({ count: 3, unreturned: 0, latencyNs: { count: 3 } });
  });
});

describe('Linux', () => {
  it.each(['linux-x86_64', 'linux-i386', 'linux-arm'])('on %s did what was typed', (name) => {
    const { countOf, table } = counted(name);
    expect(countOf('write')).toBeGreaterThan(0);
    expect(table.rows.some(({ name: call, errors }) => /open|stat|access|wait/.test(call) && (errors ?? 0) > 0)).toBe(true);
    expect(table.rows.some(({ name: call, unreturned }) => /^exit/.test(call) && unreturned > 0)).toBe(true);
  });
});

describe('Mach', () => {
  it('answers each message with the id that the convention gives a reply', () => {
    const { events } = readFixture('mach');
    const word = (event: CallEvent | ReturnEvent): number => new DataView((event.message ?? new Uint8Array(32)).buffer).getInt32(20, true);
    const asked = events.flatMap((event, at) => (event.kind === 'call' && event.message !== null ? [[word(event), word(events[at + 1] as ReturnEvent)]] : []));
    expect(asked).toEqual([[2030, 2130], [2011, 2111], [3200, 3300]]);
  });
});

it('names that no boot was captured for are unverified, and every call that is decoded with them says so', () => {
  const unverified = names.filter(({ verified }) => verified === null).map(({ id }) => id).sort();
  expect(unverified).toEqual(['hurd', 'minix-2', 'minix-3.1', 'minix-3.2', 'minix-3.4']);
});
