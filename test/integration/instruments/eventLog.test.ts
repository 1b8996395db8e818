import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../../../electron/core/instruments/qemuLogState.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { eventLog } from '../../../electron/host/instruments/eventLog/eventLog.ts';
import { watchLiveGuest } from '../../../electron/host/instruments/eventLog/liveLog.ts';
import { failureOf } from '../../support/refusal.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { watchMachine } from '../../support/watchedMachine.ts';

const draw = drawNumbers('QEMU’s log of exceptions');
const { arm } = eventLog;

async function collect(events: AsyncIterable<TraceEvent> | Iterable<TraceEvent>): Promise<TraceEvent[]> {
  const all: TraceEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe.runIf(canRun({ architecture: 'i386' }))('the log of the i386 guest', () => {
  it('has exactly the calls and the faults that the guest counted, in the window and nothing else', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm });
    await watched.machine.go();
    await watched.prompt();
    await watched.run(`calls ${draw(100, 300)} int23`);
    await watched.armed.begin();
    const calls = onlyCounts(await watched.run(`calls ${draw(100, 1000)} int23`));
    const faults = onlyCounts(await watched.run(`faults ${draw(100, 1000)}`));
    const totals = await watched.armed.end();
    await watched.run(`calls ${draw(100, 300)} int23`);

    const events = await collect(watched.armed.events());
    const inEntry = events.filter((event) => event.kind === 'call' && event.entry.kind === 'int' && event.entry.vector === 0x23);
    expect(inEntry).toHaveLength(calls.entries['int23'] ?? NaN);
    const seen = events.filter((event) => event.kind === 'fault');
    expect(seen).toHaveLength(faults.faults);
    expect(seen.every(({ user, write, protection, execute }) => user && write && !protection && !execute)).toBe(true);
    expect(new Set(seen.map(({ context }) => context.space)).size).toBe(1);
    expect(totals.faults).toBe(faults.faults);
    // A kernel call has the address of its message in EAX.
    expect(inEntry.every((event) => event.kind === 'call' && (event.registers['eax'] ?? 0n) > 0n && event.context.space !== 0n)).toBe(true);
    expect(events.every(({ atNs, instructions }) => atNs === 0 && instructions === null)).toBe(true);
    expect(watched.armed.evidence()).toMatchObject({ format: 'qemu-log', events: events.length, cut: null });
  });

  it('has one event for each load of CR3, of which every switch makes one', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm });
    await watched.machine.go();
    await watched.prompt();
    await watched.armed.begin();
    const switches = draw(100, 999);
    expect(onlyCounts(await watched.run(`switches ${switches}`)).switches).toBe(switches);
    const { spaceLoads } = await watched.armed.end();
    expect(spaceLoads).toBe(readFileSync(watched.tracePath, 'latin1').match(/^CR3 update/gm)?.length);
    expect(spaceLoads).toBeGreaterThanOrEqual(switches);
    // The shell and the server take turns at each character that is typed and each line that is printed.
    expect(spaceLoads).toBeLessThan(switches + 100);
    const spaces = (await collect(watched.armed.events())).flatMap((event) => (event.kind === 'space' ? [event.space] : []));
    // The client and its partner.
    expect(new Set(spaces.slice(-20 - switches, -20)).size).toBeLessThanOrEqual(4);
  });

  it('is rotated while a live guest is looked at, loses nothing by it, and leaves nothing', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm });
    await watched.machine.go();
    await watched.prompt();
    const before = readdirSync(watched.directory).sort();
    const events: LoggedEvent[] = [];
    const live = await watchLiveGuest({ machine: watched.machine, architecture: 'i386', directory: watched.directory, limitBytes: 100_000_000, rotatedBytes: 200_000, onEvents: (more) => events.push(...more) });
    const faults = draw(1000, 3000);
    expect(onlyCounts(await watched.run(`faults ${faults}`)).faults).toBe(faults);
    const totals = await live.end();
    expect(totals.faults).toBe(faults);
    expect(events.filter(({ kind }) => kind === 'fault')).toHaveLength(faults);
    await watched.run('calls 10 int21');
    expect(readdirSync(watched.directory).sort()).toEqual(before);
  });

  it('is cut at its limit, says so, and keeps what came before', async () => {
    const watched = await watchMachine({ architecture: 'i386', arm, plan: { traceLimitBytes: 100_000 } });
    await watched.machine.go();
    await watched.prompt();
    await watched.armed.begin();
    await watched.run('faults 5000');
    const totals = await watched.armed.end();
    const events = await collect(watched.armed.events());
    expect(events.at(-1)).toMatchObject({ kind: 'cut', limitBytes: 100_000 });
    expect(totals.faults).toBeGreaterThan(10);
    expect(totals.faults).toBeLessThan(5000);
    expect(watched.armed.evidence().cut).toContain('100000');
    const live = await watchLiveGuest({ machine: watched.machine, architecture: 'i386', directory: scratch(), limitBytes: 100_000, onEvents: () => undefined });
    await watched.run('faults 5000');
    expect(await failureOf(() => live.end())).toMatchObject({ code: 'TRACE_CUT', details: { limitBytes: 100_000 } });
    expect(live.totals().faults).toBeGreaterThan(10);
  });
});

describe.runIf(canRun({ architecture: 'arm' }))('the log of the ARM guest', () => {
  it('has exactly the faults that the guest counted, with their addresses', async () => {
    const watched = await watchMachine({ architecture: 'arm', arm });
    await watched.machine.go();
    await watched.prompt();
    await watched.armed.begin();
    const { faults } = onlyCounts(await watched.run(`faults ${draw(100, 1000)}`));
    const totals = await watched.armed.end();
    const seen = (await collect(watched.armed.events())).filter((event) => event.kind === 'fault');
    expect(totals.faults).toBe(faults);
    expect(seen.every(({ user, write, protection, address }) => user && write && !protection && address >= 0x8010_0000n)).toBe(true);
  });

  it('has one event for each call, of which the load makes as many as it counts', async () => {
    const watched = await watchMachine({ architecture: 'arm', arm });
    await watched.machine.go();
    await watched.prompt();
    await watched.armed.begin();
    const { calls } = onlyCounts(await watched.run(`calls ${draw(500, 1000)}`));
    const totals = await watched.armed.end();
    expect(totals.calls).toBe(readFileSync(watched.tracePath, 'latin1').match(/^Taking exception 2 \[SVC\]/gm)?.length);
    expect(totals.calls).toBeGreaterThanOrEqual(calls);
    // The shell and the server call for each character that is typed and each line that is printed.
    expect(totals.calls).toBeLessThan(calls + 200);
  });
});
