import type { Distribution, Reading, SampleMetrics } from '../../../electron/contract/metrics.ts';
import type { Sample } from '../../../electron/contract/measurements.ts';
import { distributionOf } from '../../../electron/core/calls/latency.ts';
import { createHistogram } from '../../../electron/core/statistics/histogram.ts';
import { builtin, makeSample } from './runs.ts';

export function distribution(values: readonly number[]): Distribution {
  const histogram = createHistogram();
  for (const value of values) histogram.record(value);
  const result = distributionOf(histogram);
  if (result === null) throw new Error('a distribution has values');
  return result;
}

export function reading(change: Partial<Reading> = {}): Reading {
  return { metric: 'systemCalls', certainty: 'measured', value: 100, unit: 'count', instrument: 'plugin', technique: 'counted', resolution: 1, overhead: null, calibration: 'in', reason: null, ...change };
}

/** What was seen of one call, `times` each, so many ns. */
export function makeMetrics(change: Partial<SampleMetrics> & { times?: readonly number[] } = {}): SampleMetrics {
  const { times = [10, 20, 30], ...rest } = change;
  return {
    window: { fromNs: 1_000_000, toNs: 3_000_000, fromInstructions: 0, toInstructions: 500 },
    logicalTime: false,
    readings: [reading()],
    symbols: [],
    calls: {
      decoder: 'builtin', verified: 'on a real boot', total: times.length,
      entries: [{ entry: 'int 0x21', count: times.length }],
      rows: times.length === 0 ? [] : [{ process: 'client', name: 'SYS_TIMES', number: 1, group: 'kernel', count: times.length, errors: 0, unreturned: 0, latencyNs: distribution(times), latencyInstructions: null }],
      unnamed: 0, roundTrips: null,
    },
    memory: null, profile: null, evidence: [], failures: [], calibration: null,
    ...rest,
  };
}

export function sampleWith(index: number, metrics: SampleMetrics | null, change: Partial<Sample> = {}): Sample {
  return makeSample(index, builtin.phases.map((_, at) => 10 * (at + 1)), { metrics, ...change });
}
