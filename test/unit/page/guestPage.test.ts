// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { guestDefinition, type Guest, type GuestDefinition, type LifeEvent, type ResourceSample } from '../../../electron/contract/guests.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { actOnAll, possibleFor } from '../../../renderer/features/guests/bulkActs.ts';
import { changeOf, draftOf, fieldOf, lockOf, rebased, validate } from '../../../renderer/features/guests/guestDraft.ts';
import { portsOf } from '../../../renderer/features/guests/guestPorts.ts';
import { emptyDraft, guestFromDraft } from '../../../renderer/features/guests/kernelDraft.ts';
import { axisTicks, clusters, healthStretches, runStretches, spanOf } from '../../../renderer/features/guests/lifeTimeline.ts';
import { optionsOf, whyOf } from '../../../renderer/features/guests/machineOptions.ts';
import { appendSamples, ratesOf, spread } from '../../../renderer/features/guests/resourceRates.ts';
import { createInMemoryLab } from '../../support/inMemoryLab.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 2, 2, 9, 30, second)).toISOString();
const definition = (more: object = {}): GuestDefinition =>
  guestDefinition.parse({ ...guestFromDraft({ ...emptyDraft(), name: 'Minix', kernel: '/k.elf', phaseTable: 'linux' }), id: 'g', createdAt: at(0), ...more });
const network = (forwards: object[]): object => ({ network: { kind: 'user', card: 'e1000', outbound: 'open', forwards } });

describe('resources', () => {
  const sample = (second: number, more: Partial<ResourceSample> = {}): ResourceSample => ({
    atMs: second * 1_000, cpuPercent: 10, memoryBytes: 1, diskReadBytes: 0, diskWrittenBytes: 0, networkReceivedBytes: null, networkSentBytes: null, consoleBytes: 0, ...more,
  });

  test('sums become rates over the real time between two samples; what is unknown or began anew stays unknown', () => {
    const rates = ratesOf([sample(0), sample(2, { diskReadBytes: 1_000, consoleBytes: 50 }), sample(3, { diskReadBytes: 10, consoleBytes: 60 })]);
    expect(rates.map(({ diskRead, console, networkSent }) => [diskRead, console, networkSent])).toEqual([[500, 25, null], [null, 10, null]]);
  });

  test('the kept samples that come again with a new line are not taken twice, and the oldest go', () => {
    const first = appendSamples([], [sample(1), sample(2)]);
    expect(appendSamples(first, [sample(1), sample(2), sample(3)]).map(({ atMs }) => atMs)).toEqual([1_000, 2_000, 3_000]);
    expect(appendSamples([], Array.from({ length: 1_000 }, (_, index) => sample(index)))).toHaveLength(900);
  });

  test('a spread leaves out what is unknown', () => {
    expect(spread([3, null, 1, 2])).toEqual({ least: 1, median: 2, most: 3 });
    expect(spread([null])).toBeNull();
  });
});

describe('a life', () => {
  const event = (second: number, what: LifeEvent['what']): LifeEvent => ({ at: at(second), what, detail: '' });
  const ms = (second: number): number => Date.parse(at(second));

  test('runs, pauses and health are stretches of time; what lasts has no end', () => {
    const events = [event(0, 'created'), event(1, 'started'), event(2, 'healthy'), event(3, 'paused'), event(5, 'resumed'), event(6, 'unhealthy'), event(8, 'crashed'), event(9, 'restarted')];
    expect(runStretches(events)).toEqual([
      { state: 'running', from: ms(1), to: ms(3) }, { state: 'paused', from: ms(3), to: ms(5) }, { state: 'running', from: ms(5), to: ms(8) }, { state: 'running', from: ms(9), to: null },
    ]);
    expect(healthStretches(events)).toEqual([{ state: 'healthy', from: ms(2), to: ms(6) }, { state: 'unhealthy', from: ms(6), to: ms(8) }]);
  });

  test('a span begins with the last start, and its ticks are round and not too many', () => {
    const span = spanOf('run', [event(0, 'created'), event(10, 'started')], ms(70));
    expect([span.from < ms(10), span.from > ms(8), span.to > ms(70)]).toEqual([true, true, true]);
    const ticks = axisTicks(span, 7);
    expect(ticks.length).toBeLessThanOrEqual(7);
    expect(ticks.every((tick) => tick % 10_000 === 0)).toBe(true);
  });

  test('marks that would cover each other are one mark', () => {
    const found = clusters([event(0, 'created'), event(1, 'started'), event(30, 'killed')], (time) => (time - ms(0)) / 100, 20);
    expect(found.map(({ events }) => events.length)).toEqual([2, 1]);
  });
});

describe('an edited guest', () => {
  test('only what was changed is sent, and what another shell changed meanwhile is kept', () => {
    const before = draftOf(definition());
    const mine = { ...before, notes: 'mine' };
    const theirs = { ...before, name: 'Renamed', notes: 'theirs' };
    expect(changeOf(before, mine)).toEqual({ notes: 'mine' });
    expect(rebased(mine, before, theirs)).toMatchObject({ name: 'Renamed', notes: 'mine' });
  });

  test('what the contract refuses is said at its field', () => {
    expect(Object.keys(validate({ name: '', machine: { board: 'pc', cpuModel: 'auto', cpus: 0, memoryMiB: 64 } })).toSorted()).toEqual(['machine.cpus', 'name']);
    const forwards = [{ name: 'a', protocol: 'tcp' as const, hostPort: 80, guestPort: 80, link: null }, { name: 'a', protocol: 'tcp' as const, hostPort: 80, guestPort: 81, link: null }];
    expect(validate({ network: { kind: 'user', card: 'e1000', outbound: 'open', forwards } })).toEqual({ 'network.forwards.1.hostPort': 'Another forward has port 80.', 'network.forwards.1.name': 'Another forward is called a.' });
    expect(validate({ notes: 'fine' })).toEqual({});
  });

  test('a refusal of the lab finds the field that it is about', () => {
    const draft = draftOf(definition({ ...network([{ name: 'ssh', hostPort: 2_222, guestPort: 22 }]), tcpConsoles: [{ console: 'serial0', port: 9_000 }] }));
    const taken = (port: number): string | null => fieldOf({ code: 'HOST_PORT_TAKEN', details: { guest: 'Minix', forward: 'ssh', port, owner: null } }, draft);
    expect([taken(2_222), taken(9_000), taken(1)]).toEqual(['network.forwards.0.hostPort', 'tcpConsoles.0.port', null]);
    expect(fieldOf({ code: 'MACHINE_UNSUPPORTED', details: { system: 's', part: 'board', value: 'q35', why: 'w' } }, draft)).toBe('machine.board');
    expect(fieldOf({ code: 'UNEXPECTED', details: { reference: 'x' } }, draft)).toBeNull();
  });

  test('a running guest keeps its machine and can be renamed', () => {
    expect(lockOf('machine', true)).toContain('Stop the guest');
    expect([lockOf('name', true), lockOf('machine', false)]).toEqual([null, null]);
  });

  test('only what the system supports is offered, with its reason; what the guest has is never hidden', () => {
    const [entry] = createInMemoryLab().catalogEntries;
    expect(optionsOf(entry ?? null, 'boards', 'i386', 'pc')).toEqual([{ value: 'pc', why: 'The board that it was made for.' }]);
    expect(whyOf(optionsOf(entry ?? null, 'cards', 'i386', 'e1000'), 'e1000')).toContain('does not list it');
    expect(optionsOf(null, 'displays', 'i386', 'none').length).toBeGreaterThan(2);
  });
});

test('a web port is a link, an SSH port a command, and a port that is not chosen yet neither', () => {
  const forwards = [
    { name: 'web', hostPort: 8_080, guestPort: 80, link: 'http' }, { name: 'ssh', hostPort: 2_222, guestPort: 22, link: 'ssh' },
    { name: 'dns', protocol: 'udp', hostPort: 5_353, guestPort: 53 }, { name: 'later', hostPort: null, guestPort: 23 },
  ];
  const ports = portsOf(definition({ ...network(forwards), sshUser: 'root' }));
  expect(ports.map(({ href, copy }) => [href, copy])).toEqual([
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'], [null, 'ssh -p 2222 root@127.0.0.1'], [null, '127.0.0.1:5353'], [null, ''],
  ]);
  expect(ports[3]?.label).toBe('later auto→23');
});

test('an act on several guests is done to those that it fits, and one refusal stops no other', async () => {
  const guest = (id: string, state: 'stopped' | 'starting'): Guest => ({
    definition: definition({ id, name: id }), runtime: state === 'stopped' ? { state, end: null } : { state }, health: { state: 'none', at: null, says: '' }, restarts: { count: 0, nextAt: null },
  });
  const all = [guest('a', 'stopped'), guest('b', 'starting'), guest('c', 'stopped')];
  const asked: string[] = [];
  const start = ({ id }: { id: string }): Promise<void> => {
    asked.push(id);
    return id === 'a' ? Promise.reject(new Error('refused')) : Promise.resolve();
  };
  const end = await actOnAll({ guests: { start } } as unknown as LabClient, 'start', possibleFor('start', all));
  expect(asked).toEqual(['a', 'c']);
  expect([end.done.map(({ definition: { id } }) => id), end.failed.map(({ guest: { definition: { id } } }) => id)]).toEqual([['c'], ['a']]);
});
