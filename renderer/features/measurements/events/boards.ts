import type { MeasurementKind, Run, Sample } from '../../../../electron/contract/measurements.ts';
import type { Report } from '../../../../electron/contract/reports.ts';

/** The parts of a run with events, each a tab. */
export type Board = 'calls' | 'memory' | 'ipc' | 'readings' | 'flame' | 'comparison' | 'boot' | 'evidence' | 'origin';

const titles: Readonly<Record<Board, string>> = {
  calls: 'System calls', memory: 'Memory', ipc: 'Messages', readings: 'Readings', flame: 'Flame graph', comparison: 'Comparison', boot: 'Boot', evidence: 'Evidence', origin: 'Origin',
};

/** What a kind is about comes first; the rest has one order everywhere. */
const firstOf: Readonly<Record<MeasurementKind, Board>> = { boot: 'boot', syscalls: 'calls', memory: 'memory', ipc: 'ipc' };
const order: readonly Board[] = ['calls', 'memory', 'ipc', 'readings', 'flame', 'comparison', 'boot', 'evidence', 'origin'];

/** The tabs of a run: only parts that have something to show, and always the readings, the boot and where the numbers come from. */
export function boardsOf({ kind }: Pick<Run, 'kind'>, samples: readonly Pick<Sample, 'metrics'>[], { summary }: Pick<Report, 'summary'>): { readonly value: Board; readonly title: string }[] {
  const has: Readonly<Record<Board, boolean>> = {
    calls: samples.some(({ metrics }) => metrics?.calls != null),
    memory: samples.some(({ metrics }) => metrics?.memory != null),
    ipc: samples.some(({ metrics }) => metrics?.calls?.roundTrips != null),
    readings: true,
    flame: samples.some(({ metrics }) => metrics?.profile != null),
    comparison: summary.comparisons.length > 0,
    boot: true,
    evidence: samples.some(({ metrics }) => (metrics?.evidence.length ?? 0) > 0),
    origin: true,
  };
  const first = firstOf[kind];
  return [first, ...order.filter((board) => board !== first)].filter((board) => has[board]).map((value) => ({ value, title: titles[value] }));
}
