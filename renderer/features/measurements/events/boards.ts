import type { MeasurementKind, Run, Sample } from '../../../../electron/contract/measurements.ts';

/** The parts of a run with events, each a tab. */
export type Board = 'calls' | 'memory' | 'ipc' | 'readings' | 'flame' | 'comparison' | 'diff' | 'boot' | 'evidence' | 'origin';

const titles: Readonly<Record<Board, string>> = {
  calls: 'System calls', memory: 'Memory', ipc: 'Messages', readings: 'Readings', flame: 'Flame graph', comparison: 'Comparison', diff: 'Two boots', boot: 'Boot', evidence: 'Evidence', origin: 'Origin',
};

/** What a kind is about comes first; the rest has one order everywhere. */
const firstOf: Readonly<Record<MeasurementKind, Board>> = { boot: 'boot', syscalls: 'calls', memory: 'memory', ipc: 'ipc' };
const order: readonly Board[] = ['calls', 'memory', 'ipc', 'readings', 'flame', 'comparison', 'boot', 'diff', 'evidence', 'origin'];

/** The tabs of a run: only parts that have something to show, and always the readings, the boot and where the numbers come from. */
export function boardsOf(run: Pick<Run, 'kind' | 'subjects'>, samples: readonly Pick<Sample, 'metrics'>[]): { readonly value: Board; readonly title: string }[] {
  const has: Readonly<Record<Board, boolean>> = {
    calls: samples.some(({ metrics }) => metrics?.calls != null),
    memory: samples.some(({ metrics }) => metrics?.memory != null),
    ipc: samples.some(({ metrics }) => metrics?.calls?.roundTrips != null),
    readings: true,
    flame: samples.some(({ metrics }) => metrics?.profile != null),
    comparison: run.subjects.length > 1,
    diff: samples.length > 1,
    boot: true,
    evidence: samples.some(({ metrics }) => (metrics?.evidence.length ?? 0) > 0),
    origin: true,
  };
  const first = firstOf[run.kind];
  return [first, ...order.filter((board) => board !== first)].filter((board) => has[board]).map((value) => ({ value, title: titles[value] }));
}
