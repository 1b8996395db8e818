import { describe, expect, it } from 'vitest';
import { createCallCounter } from '../../../electron/core/calls/countCalls.ts';
import { minixProcessNames, readMinixProcesses } from '../../../electron/core/calls/minixProcesses.ts';
import { rankCalls } from '../../../electron/core/calls/rankCalls.ts';
import type { CallWindow } from '../../../electron/core/calls/callWindow.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { HISTOGRAM_ERROR } from '../../../electron/core/statistics/histogram.ts';
import { back, call, decoder, minixMessage } from './loaded.ts';

const linux = decoder('linux-x86_64');
const SYSCALL = { kind: 'syscall' } as const;
const IPC = { kind: 'int', vector: 33 } as const;
const [READ, WRITE, FORK, EXECVE, EXIT, EXIT_GROUP, SIGRETURN] = [0, 1, 57, 59, 60, 231, 15];

/** A call and its return, `ns` apart. */
function done(number: number, atNs: number, ns: number, result: number | bigint = 0, space = 0x1000n): TraceEvent[] {
  return [call(SYSCALL, { rax: number, rdi: atNs }, { atNs, instructions: atNs * 2, space }), back(result, { atNs: atNs + ns, instructions: (atNs + ns) * 2, space })];
}

function count(events: readonly TraceEvent[], window?: CallWindow) {
  const counter = createCallCounter({ decoder: linux, ...(window && { window }) });
  for (const event of events) counter.take(event);
  return { table: counter.result(), left: counter.left };
}

describe('calls and their returns', () => {
  it('are counted and timed in both clocks, per process and call, the most frequent first', () => {
    const events = [...done(READ, 100, 10), ...done(READ, 200, 30, -9n), ...done(WRITE, 300, 5), ...done(READ, 400, 20, 1, 0x2000n)];
    const { table } = count(events);
    expect(table).toMatchObject({ total: 4, unnamed: 0, entries: [{ entry: 'syscall', count: 4 }], roundTrips: null });
    expect(table.rows.map(({ process, name, count: calls, errors }) => [process, name, calls, errors])).toEqual([
      ['space 0x1000', 'read', 2, 1],
      ['space 0x2000', 'read', 1, 0],
      ['space 0x1000', 'write', 1, 0],
    ]);
    expect(table.rows[0]?.latencyNs).toMatchObject({ count: 2, min: 10, max: 30, mean: 20, median: 10, error: HISTOGRAM_ERROR });
    expect(table.rows[0]?.latencyInstructions).toMatchObject({ min: 20, max: 60 });
  });

  it('have percentiles that are right to the stated error', () => {
    const { table } = count(Array.from({ length: 1_000 }, (_, at) => done(READ, at * 1_000_000, (at + 1) * 100)).flat());
    const { median, p95, p99 } = table.rows[0]?.latencyNs ?? {};
    for (const [value, truth] of [[median, 50_000], [p95, 95_000], [p99, 99_000]] as const) expect(Math.abs((value ?? 0) / truth - 1)).toBeLessThanOrEqual(HISTOGRAM_ERROR);
  });

  it('end innermost first when a signal’s handler calls while a call is open', () => {
    const { table } = count([
      call(SYSCALL, { rax: READ }, { atNs: 0 }), ...done(WRITE, 10, 5), call(SYSCALL, { rax: SIGRETURN }, { atNs: 20 }), back(-4n, { atNs: 100 }),
    ]);
    const of = (name: string) => table.rows.find((row) => row.name === name);
    expect(of('read')).toMatchObject({ errors: 1, unreturned: 0, latencyNs: { max: 100 } });
    expect(of('write')).toMatchObject({ unreturned: 0, latencyNs: { max: 5 } });
    expect(of('rt_sigreturn')).toMatchObject({ count: 1, unreturned: 1, latencyNs: null });
  });

  it('are told apart by thread, also when they return in another order', () => {
    const thread = (id: bigint, atNs: number) => ({ thread: id, atNs });
    const { table } = count([
      call(SYSCALL, { rax: READ }, thread(1n, 0)), call(SYSCALL, { rax: READ }, thread(2n, 10)), back(0, thread(1n, 20)), back(0, thread(2n, 50)),
    ]);
    expect(table.rows[0]?.latencyNs).toMatchObject({ min: 20, max: 40 });
  });

  it('are begun again after an interruption without a return', () => {
    const { table } = count([call(SYSCALL, { rax: READ, rdi: 3 }, { atNs: 0 }), call(SYSCALL, { rax: READ, rdi: 3 }, { atNs: 50 }), back(1, { atNs: 60 })]);
    expect(table.rows[0]).toMatchObject({ count: 2, unreturned: 1, latencyNs: { count: 1, max: 10 } });
  });

  it('do not return from exit, and a process that gets the address space next is not taken for it', () => {
    const { table, left } = count([
      call(SYSCALL, { rax: READ }, { atNs: 0, thread: 2n }), call(SYSCALL, { rax: EXIT_GROUP }, { atNs: 5 }),
      back(0, { atNs: 90, thread: 2n }), ...done(WRITE, 100, 7),
      call(SYSCALL, { rax: EXIT }, { atNs: 200 }), back(0, { atNs: 300 }),
    ]);
    expect(left.returnsWithoutCall, 'a child’s first return has no call').toBe(2);
    expect(table.rows.map(({ name, unreturned }) => [name, unreturned])).toEqual(expect.arrayContaining([['read', 1], ['exit_group', 1], ['exit', 1], ['write', 0]]));
  });

  it('of an exec return only when it fails, and a child of fork returns without a call', () => {
    const { table, left } = count([
      ...done(FORK, 0, 5, 42), back(0, { space: 0x9000n, atNs: 6 }),
      ...done(EXECVE, 10, 3, -2n), call(SYSCALL, { rax: EXECVE, rdi: 1 }, { atNs: 20 }), ...done(READ, 30, 4),
    ]);
    expect(left.returnsWithoutCall).toBe(1);
    expect(table.rows.find(({ name }) => name === 'execve')).toMatchObject({ process: 'space 0x1000', count: 2, errors: 1, unreturned: 1, latencyNs: { max: 3 } });
    expect(table.rows.find(({ name }) => name === 'read')).toMatchObject({ unreturned: 0, latencyNs: { max: 4 } });
  });

  it('of the next process that gets an address space are not those of the process before', () => {
    const { table } = count([
      ...done(READ, 0, 5), call(SYSCALL, { rax: EXIT_GROUP }, { atNs: 10 }), ...done(READ, 20, 5),
      call(SYSCALL, { rax: EXECVE }, { atNs: 30 }), ...done(READ, 40, 5), ...done(EXECVE, 50, 5, -2n), ...done(READ, 60, 5),
    ]);
    const reads = Object.fromEntries(table.rows.filter(({ name }) => name === 'read').map(({ process, count: calls }) => [process, calls]));
    expect(reads).toEqual({ 'space 0x1000': 1, 'space 0x1000 (2)': 1, 'space 0x1000 (3)': 2 });
  });

  it('of a parent go on when its child execs in the address space that both have', () => {
    const { table } = count([call(SYSCALL, { rax: 58 }, { atNs: 0 }), call(SYSCALL, { rax: EXECVE }, { atNs: 10 }), back(42, { atNs: 90 }), ...done(READ, 100, 5)]);
    expect(table.rows.map(({ process, name, unreturned }) => [process, name, unreturned]).sort()).toEqual([['space 0x1000', 'execve', 1], ['space 0x1000', 'read', 0], ['space 0x1000', 'vfork', 0]]);
  });

  it('that were open when the guest rebooted never return, and the next boot starts afresh', () => {
    const opened = call(SYSCALL, { rax: READ }, { atNs: 5_000_000_000 });
    const { table, left } = count([opened, back(0, { atNs: 100 }), ...done(WRITE, 200, 10)]);
    expect(left).toMatchObject({ reboots: 1, returnsWithoutCall: 1 });
    expect(table.rows.find(({ name }) => name === 'read')).toMatchObject({ unreturned: 1, latencyNs: null });
    const told = createCallCounter({ decoder: linux });
    told.take(opened);
    told.rebooted();
    told.take(back(0, { atNs: 5_000_000_100 }));
    expect(told.left.returnsWithoutCall).toBe(1);
  });

  it('that no convention knows are counted apart', () => {
    const { table, left } = count([call({ kind: 'int', vector: 3 }, { rax: 0 }), call(SYSCALL, { rax: 9_999 })]);
    expect(left.undecoded).toBe(1);
    expect(table).toMatchObject({ total: 1, unnamed: 1 });
  });
});

describe('a window', () => {
  const events = [...done(READ, 100, 10), ...done(READ, 200, 10), call(SYSCALL, { rax: WRITE }, { atNs: 290, instructions: 580 }), back(0, { atNs: 310, instructions: 620 }), ...done(READ, 400, 10)];

  it.each<[string, CallWindow]>([
    ['time', { from: { kind: 'time', atNs: 150 }, to: { kind: 'time', atNs: 300 } }],
    ['instructions', { from: { kind: 'instructions', at: 300 }, to: { kind: 'instructions', at: 600 } }],
  ])('by %s has the calls that begin in it; what returns later did not return', (_, window) => {
    expect(count(events, window).table.rows.map(({ name, count: calls, unreturned }) => [name, calls, unreturned])).toEqual([['read', 1, 0], ['write', 1, 1]]);
  });

  it('by symbol lies between the hits named', () => {
    const at = (symbol: string, hits: number, atNs: number): TraceEvent => ({ kind: 'symbol', symbol, hits, vcpu: 0, atNs, instructions: null });
    const marked = [at('begin', 1, 50), ...done(READ, 100, 10), at('begin', 2, 150), ...done(WRITE, 200, 10), at('end', 1, 250), ...done(READ, 300, 10)];
    const { table } = count(marked, { from: { kind: 'symbol', symbol: 'begin', hit: 2 }, to: { kind: 'symbol', symbol: 'end', hit: 1 } });
    expect(table.rows.map(({ name }) => name)).toEqual(['write']);
  });
});

describe('round trips of IPC', () => {
  const minix = (events: readonly TraceEvent[]) => {
    const counter = createCallCounter({ decoder: decoder('minix-3.4') });
    for (const event of events) counter.take(event);
    return counter.result();
  };
  const ipc = (operation: number, endpoint: number, type: number, atNs: number, ns: number, answer = minixMessage(0, endpoint)): TraceEvent[] => [
    call(IPC, { ecx: operation, eax: endpoint, ebx: 0 }, { atNs, message: minixMessage(type) }), back(0, { atNs: atNs + ns, message: answer }),
  ];

  it('are one SENDREC, or a SEND and the RECEIVE of its answer', () => {
    const table = minix([...ipc(3, 0, 2, 0, 100), ...ipc(1, 1, 0x101, 200, 10), ...ipc(2, 1, 0, 220, 30), ...ipc(1, 1, 0x101, 300, 10), ...ipc(2, 0x7c00, 0, 320, 60, minixMessage(0, 1))]);
    expect(table.roundTrips).toMatchObject({ count: 3, latencyNs: { min: 50, max: 100 } });
  });

  it('are not a server’s reply and the next request, nor a message from somebody else, nor what the kernel answers', () => {
    const table = minix([...ipc(1, 40_000, 0, 0, 10), ...ipc(2, 0x7c00, 0, 20, 10, minixMessage(0x101, 40_000)), ...ipc(1, 1, 0x101, 100, 10), ...ipc(2, 0x7c00, 0, 120, 10, minixMessage(3, 5)), ...ipc(3, -2, 0x619, 200, 5)]);
    expect(table.roundTrips).toEqual({ count: 0, latencyNs: null, latencyInstructions: null });
  });

  it('without a message are told apart by whom they are for', () => {
    const table = minix([call(IPC, { ecx: 3, eax: 0, ebx: 0 }), call(IPC, { ecx: 3, eax: 1, ebx: 0 }, { space: 2n }), call(IPC, { ecx: 2, eax: 0x7c00, ebx: 0 }, { space: 3n })]);
    expect(table.verified, 'no boot of MINIX 3.4 was captured').toBeNull();
    expect(table.rows.map(({ name }) => name).sort()).toEqual(['RECEIVE from any', 'SENDREC to pm', 'SENDREC to vfs']);
  });
});

describe('a ranking', () => {
  it('joins the processes, and gives each call its share and rank', () => {
    const { table } = count([...done(READ, 0, 100), ...done(READ, 1_000, 300, 0, 0x2000n), ...done(READ, 2_000, 200), ...done(WRITE, 3_000, 10)]);
    const ranking = rankCalls(table);
    expect(ranking.map(({ name, rank, share, count: calls, processes }) => [name, rank, share, calls, processes])).toEqual([['read', 1, 0.75, 3, 2], ['write', 2, 0.25, 1, 1]]);
    expect(ranking[0]?.latencyNs).toMatchObject({ count: 3, min: 100, max: 300, mean: 200 });
    expect(Math.abs((ranking[0]?.latencyNs?.median ?? 0) / 200 - 1)).toBeLessThanOrEqual(2 * HISTOGRAM_ERROR);
  });
});

describe('the process table of MINIX', () => {
  const table = (slots: readonly { name: string; space: number; flags?: number }[], from: number): Uint8Array => {
    const memory = new Uint8Array(16_384);
    const view = new DataView(memory.buffer);
    for (const [at, { name, space, flags = 0 }] of slots.entries()) {
      const slot = from + 560 * at;
      view.setUint32(slot + 532, 0x0c0f_fee1, true);
      view.setUint32(slot + 56, space, true);
      view.setInt32(slot + 264, at, true);
      view.setUint32(slot + 80, flags, true);
      memory.set(new TextEncoder().encode(name), slot + 248);
    }
    return memory;
  };

  it('is found by its magic number, and names the processes by their address spaces', () => {
    const processes = readMinixProcesses(table([{ name: 'pm', space: 0x5000 }, { name: '', space: 0, flags: 1 }, { name: 'vfs\n', space: 0x6000 }, { name: 'a', space: 0x7000 }, { name: 'b', space: 0x7000 }], 1_236), 'minix-3.4');
    expect(processes.map(({ name, endpoint }) => [name, endpoint])).toEqual([['pm', 0], ['vfs?', 2], ['a', 3], ['b', 4]]);
    const nameOf = minixProcessNames(processes);
    expect([0x5000n, 0x6000n, 0x7000n, 0x8000n].map((space) => nameOf({ space }))).toEqual(['pm', 'vfs?', null, null]);
  });

  it('is not a magic number that stands alone', () => {
    expect(readMinixProcesses(table([{ name: 'pm', space: 1 }], 100), 'minix-3.4')).toEqual([]);
  });
});
