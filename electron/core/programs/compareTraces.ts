import { median } from 'simple-statistics';
import type { Sample } from '../../contract/measurements.ts';
import type { TraceComparison, TraceWithSamples } from '../../contract/programs.ts';
import type { CallSummary } from '../../contract/summaries.ts';
import { ratioInterval } from '../statistics/bootstrap.ts';
import { createRandomGenerator } from '../statistics/randomGenerator.ts';
import { summariseTrace } from './tracedSample.ts';

type RatioOf = TraceComparison['total'];

/**
 * What the second does more or less often, and slower or faster, than the first. The interval of a ratio is that of the medians of the
 * samples; latencies are of all calls of all samples, and have none.
 */
export function compareTraces(a: TraceWithSamples, b: TraceWithSamples): TraceComparison {
  const [left, right] = [rankingOf(a), rankingOf(b)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const calls = names.map((name) => {
    const of = ({ samples }: TraceWithSamples): number[] => samples.map((sample) => countIn(sample, name));
    return { name, count: ratioOfSeries(of(a), of(b), a.trace.seed), latencyNs: ratio(left.get(name)?.latencyNs?.median ?? null, right.get(name)?.latencyNs?.median ?? null) };
  });
  const most = ({ count }: { readonly count: RatioOf }): number => Math.max(count.a ?? 0, count.b ?? 0);
  return {
    a: a.trace,
    b: b.trace,
    obstacle: obstacleBetween(a, b),
    total: ratioOfSeries(a.samples.map(totalOf), b.samples.map(totalOf), a.trace.seed),
    calls: calls.toSorted((one, other) => most(other) - most(one) || one.name.localeCompare(other.name)),
  };
}

function obstacleBetween({ trace: a }: TraceWithSamples, { trace: b }: TraceWithSamples): string | null {
  if (a.host.id !== b.host.id) return 'They ran on different hosts.';
  if (a.provenance.instrument !== b.provenance.instrument) return `Different instruments watched them (${a.provenance.instrument} and ${b.provenance.instrument}), and each slows a program in its own way.`;
  return null;
}

function rankingOf({ trace, samples }: TraceWithSamples): ReadonlyMap<string, CallSummary> {
  return new Map((summariseTrace(trace, samples)?.ranking ?? []).map((call) => [call.name, call]));
}

function countIn({ metrics }: Sample, name: string): number {
  return (metrics?.calls?.rows ?? []).reduce((sum, row) => (row.name === name ? sum + row.count : sum), 0);
}

function totalOf({ metrics }: Sample): number {
  return metrics?.calls?.total ?? 0;
}

function ratioOfSeries(a: readonly number[], b: readonly number[], seed: number): RatioOf {
  const interval = ratioInterval(a, b, createRandomGenerator(seed));
  const whole = ratio(a.length === 0 ? null : median([...a]), b.length === 0 ? null : median([...b]));
  return { ...whole, interval: interval === null ? null : { low: interval.low, high: interval.high } };
}

function ratio(a: number | null, b: number | null): RatioOf {
  return { a, b, ratio: a === null || b === null || a === 0 ? null : b / a, interval: null };
}
