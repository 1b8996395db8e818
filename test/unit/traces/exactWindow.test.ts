import { describe, expect, it } from 'vitest';
import { untilEnd, type WindowEnd } from '../../../electron/core/traces/exactWindow.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { endOfSpawnWindow, outlookOfEnd } from '../../../electron/core/measurements/spawnWindow.ts';
import type { EventPlan } from '../../../electron/contract/measurements.ts';
import { builtin } from '../measurements/runs.ts';

const stamp = (atNs: number, instructions: number | null = atNs * 10) => ({ vcpu: 0, atNs, instructions });
const space = (atNs: number, instructions?: number | null): TraceEvent => ({ kind: 'space', space: 1n, ...stamp(atNs, instructions) });
const symbol = (atNs: number, name: string): TraceEvent => ({ kind: 'symbol', symbol: name, hits: 1, ...stamp(atNs) });
const boot = [space(1), symbol(5, 'shell'), space(7), space(20)];

async function part(events: readonly TraceEvent[], end: WindowEnd) {
  const window = untilEnd(events, end);
  const seen: TraceEvent[] = [];
  for await (const event of window.events) seen.push(event);
  return { seen: seen.map(({ atNs }) => atNs), passed: window.passed() };
}

describe('the part of a trace before an end', () => {
  it('ends with the symbol, and counts up to its instruction', async () => {
    expect(await part(boot, { kind: 'symbol', symbol: 'shell' })).toMatchObject({ seen: [1, 5], passed: { toNs: 5, totals: { instructions: 50, spaceLoads: 1 } } });
    expect(await part(boot, { kind: 'symbol', symbol: 'other' })).toMatchObject({ seen: [1, 5, 7, 20], passed: null });
  });

  it('ends at a time with the instructions of the last event before it', async () => {
    expect(await part(boot, { kind: 'time', atNs: 10 })).toMatchObject({ seen: [1, 5, 7], passed: { toNs: 10, totals: { instructions: 70, spaceLoads: 2 } } });
  });

  it('is not known by a time where events have none, or the trace was cut before', async () => {
    expect((await part([space(0, null), space(0, null)], { kind: 'time', atNs: 10 })).passed).toBeNull();
    const cut: TraceEvent = { kind: 'cut', limitBytes: 1, ...stamp(6) };
    expect((await part([space(1), cut], { kind: 'time', atNs: 10 })).passed).toBeNull();
    expect((await part([space(1), { ...cut, atNs: 11 }], { kind: 'time', atNs: 10 })).passed).not.toBeNull();
  });
});

describe('the events of a boot', () => {
  const plan: Pick<EventPlan, 'logicalTime' | 'window'> = { logicalTime: false, window: { from: 'spawn', durationSeconds: null } };
  const last = builtin.phases.at(-1);
  const table = { ...builtin, phases: builtin.phases.map((phase, at) => ({ ...phase, symbol: `symbol_${at}` })) };
  const lastSymbol = `symbol_${builtin.phases.length - 1}`;

  it('end at the symbol of the last phase, without logical time as well', () => {
    expect(endOfSpawnWindow(plan, table, { isKnown: () => true, seenNs: () => 9 })).toEqual({ kind: 'symbol', symbol: lastSymbol });
    expect(endOfSpawnWindow({ ...plan, window: { from: 'lastPhase', durationSeconds: null } }, table, { isKnown: () => true, seenNs: () => 9 })).toBeNull();
  });

  it('end at the stamp of the last phase where its symbol is not known, and in logical time at an earlier symbol', () => {
    const known = { isKnown: (name: string) => name !== lastSymbol, seenNs: (name: string) => (name === last?.name ? 9 : 1) };
    expect(endOfSpawnWindow(plan, table, known)).toEqual({ kind: 'time', atNs: 9 });
    expect(endOfSpawnWindow({ ...plan, logicalTime: true }, table, known)).toEqual({ kind: 'symbol', symbol: `symbol_${builtin.phases.length - 2}` });
    expect(endOfSpawnWindow(plan, table, { ...known, seenNs: () => null })).toBeNull();
  });

  it('say with each number how far it was counted', () => {
    const outlook = (['instructions', 'interrupts'] as const).map((metric) => ({ metric, certainty: 'measured' as const, technique: '', resolution: 1, reason: null }));
    expect(outlookOfEnd(outlook, 'symbol')).toEqual(outlook);
    expect(outlookOfEnd(outlook, 'time').map(({ reason }) => reason)).toEqual([expect.stringContaining('last event before the stamp'), null]);
    for (const { reason } of outlookOfEnd(outlook, 'host')) expect(reason).toMatch(/host stopped it/);
  });
});
