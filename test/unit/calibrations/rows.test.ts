import { describe, expect, it } from 'vitest';
import type { CalibrationRow } from '../../../electron/contract/calibrations.ts';
import { failedBoot, type CalibratedBoot, type Experiment } from '../../../electron/core/calibrations/experiment.ts';
import { planCalibration } from '../../../electron/core/calibrations/planCalibration.ts';
import { seeLoads, type SeenBoot } from '../../../electron/core/calibrations/seenLoads.ts';
import type { ModelCounters, TraceEvent } from '../../../electron/core/traces/traceEvent.ts';

const plan = planCalibration({ architectures: ['arm'], instruments: ['plugin'], seed: 11, boots: 3 });

function experiment(title: string): Experiment {
  const found = plan.find((one) => one.title.startsWith(title));
  if (found === undefined) throw new Error(`no experiment ${title}`);
  return found;
}

const stamp = { vcpu: 0, atNs: 1, instructions: 1 };
const symbol = (name: string): TraceEvent => ({ kind: 'symbol', ...stamp, symbol: name, hits: 1 });
const interrupt: TraceEvent = { kind: 'interrupt', ...stamp, vector: 6 };
const context = { space: 1n, thread: 0n };
const fault = (change: { write?: boolean; execute?: boolean; protection?: boolean }): TraceEvent => ({ kind: 'fault', ...stamp, context, address: 1n, user: true, write: false, execute: false, protection: false, ...change });
const sample = (address: bigint): TraceEvent => ({ kind: 'profile', ...stamp, context, address, callers: [] });

/** What is seen when these events happen in loads, one after the other. */
function see(loads: readonly (readonly TraceEvent[])[], profiled: { from: bigint; to: bigint } | null = null): SeenBoot {
  const reducer = seeLoads(null, profiled);
  for (const events of loads) for (const event of [symbol('load_begin'), symbol('snapshot_take'), ...events, symbol('snapshot_take'), symbol('load_end')]) reducer.take(event);
  return reducer.result();
}

const counts = (ticks: number): CalibratedBoot['counts'][number] => ({ calls: 0, faults: 0, switches: 0, ipc: 0, ticks, entries: new Map() });
const boot = (change: Partial<CalibratedBoot>): CalibratedBoot => ({ ...failedBoot(''), failure: null, ...change });
const repeat = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);
const verdicts = (rows: readonly CalibrationRow[]): Record<string, string> => Object.fromEntries(rows.map(({ what, verdict }) => [what, verdict]));

describe('the row of interrupts', () => {
  it('is in when each tick was seen, and out when one was not or one more was', () => {
    const { rows } = experiment('interrupts');
    const rowOf = (seen: number) => rows([boot({ counts: [counts(60)], seen: see([repeat(seen, interrupt)]) })])[0];
    expect(rowOf(60)).toMatchObject({ metric: 'interrupts', truth: 60, measured: 60, verdict: 'in' });
    for (const wrong of [59, 61]) expect(rowOf(wrong)).toMatchObject({ error: 1, verdict: 'out' });
  });
});

describe('the rows of kinds of faults', () => {
  const faultKinds = [{ read: 70, write: 0, execute: 0, protection: 0 }, { read: 0, write: 71, execute: 0, protection: 0 }, { read: 0, write: 0, execute: 72, protection: 0 }, { read: 73, write: 73, execute: 0, protection: 73 }];
  const seen = [repeat(70, fault({})), repeat(71, fault({ write: true })), repeat(72, fault({ execute: true })), [...repeat(73, fault({})), ...repeat(73, fault({ write: true, protection: true }))]];
  const { rows } = experiment('kinds of page faults');
  it('are in when each fault was seen as what it was', () => {
    expect(verdicts(rows([boot({ faultKinds, seen: see(seen) })]))).toEqual({ 'read faults': 'in', 'write faults': 'in', 'execute faults': 'in', 'protection faults': 'in' });
  });
  it('are out, each by itself, when one fault was seen as another', () => {
    const mistaken = (at: number, instead: TraceEvent) => verdicts(rows([boot({ faultKinds, seen: see(seen.map((events, load) => (load === at ? [instead, ...events.slice(1)] : events))) })]));
    const allIn = { 'read faults': 'in', 'write faults': 'in', 'execute faults': 'in', 'protection faults': 'in' };
    expect(mistaken(0, fault({ write: true }))).toEqual({ ...allIn, 'read faults': 'out' });
    expect(mistaken(1, fault({}))).toEqual({ ...allIn, 'write faults': 'out' });
    expect(mistaken(2, fault({}))).toEqual({ ...allIn, 'execute faults': 'out' });
    expect(mistaken(3, fault({ protection: true }))).toEqual({ ...allIn, 'protection faults': 'out' });
  });
});

describe('the row of a profile', () => {
  const { rows, boots } = experiment('samples of a profile');
  const [turns, every] = [Number(boots[0]?.typed[0]?.split(' ')[1]), boots[0]?.plan?.profileEvery ?? NaN];
  const rowOf = (within: number) => rows([boot({ seen: see([[...repeat(within, sample(0x100n)), ...repeat(500, sample(0x110n))]], { from: 0x100n, to: 0x110n }) })])[0];
  it('is in when the samples in the loop stand for its instructions, but for one at each edge', () => {
    const right = Math.round((4 * turns + 1) / every);
    for (const samples of [right, right - 1, right + 1]) expect(rowOf(samples)).toMatchObject({ truth: 4 * turns + 1, verdict: 'in' });
    for (const samples of [right - 3, right + 3]) expect(rowOf(samples)).toMatchObject({ verdict: 'out' });
  });
});

describe('the rows of walks', () => {
  const none = { loads: 0, loadMisses: 0, stores: 0, storeMisses: 0 };
  const nothing: ModelCounters = {
    l1Data: none, l1Instruction: { references: 0, misses: 0 }, lastLevel: { references: 0, misses: 0 }, dataTlb: none, instructionTlb: { references: 0, misses: 0 },
    secondTlb: { references: 0, misses: 0 }, workingSetPages: 0, strides: { same: 0, word: 0, line: 0, page: 0, far: 0 },
  };
  const seenWith = (model: ModelCounters): SeenBoot => ({ ...see([]), model });
  it.each(['stride', 'store', 'code'])('of %s are each out when the model missed a fiftieth too much or too little there', (command) => {
    const { rows, boots } = experiment(`modelled misses of walks at known strides (${command})`);
    const wrong = rows(boots.map(() => boot({ seen: seenWith(nothing) }))).filter(({ unit, truth }) => unit === 'ratio' && truth > 0.02);
    expect(wrong.length).toBeGreaterThan(0);
    expect(new Set(wrong.map(({ verdict }) => verdict))).toEqual(new Set(['out']));
    const many = 1e9;
    const all: ModelCounters = { ...nothing, l1Data: { ...none, loadMisses: many, storeMisses: many }, l1Instruction: { references: 0, misses: many }, lastLevel: { references: 0, misses: many }, dataTlb: { ...none, loadMisses: many, storeMisses: many }, instructionTlb: { references: 0, misses: many }, secondTlb: { references: 0, misses: many } };
    for (const row of rows(boots.map(() => boot({ seen: seenWith(all) }))).filter(({ unit }) => unit === 'ratio')) expect(row).toMatchObject({ verdict: 'out' });
  });
  it('cover loads, stores and fetches in caches and in both levels of TLBs', () => {
    const metrics = new Set(plan.filter(({ title }) => title.startsWith('modelled')).flatMap(({ rows, boots }) => rows(boots.map(() => boot({}))).map(({ metric, what }) => (what.startsWith('second TLB') ? 'second TLB' : metric))));
    expect(metrics).toEqual(new Set(['l1DataMisses', 'lastLevelMisses', 'tlbLoadMisses', 'second TLB', 'l1DataReferences', 'tlbStoreMisses', 'l1InstructionMisses', 'instructionTlbMisses']));
  });
});
