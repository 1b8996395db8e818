import type { Distribution } from '../../contract/metrics.ts';
import { createHistogram, HISTOGRAM_ERROR, type Histogram } from '../statistics/histogram.ts';
import type { EventStamp } from '../traces/traceEvent.ts';

/** How long calls took, in both clocks. */
export interface Latency {
  record(from: EventStamp, to: EventStamp): void;
  merge(other: Latency): void;
  readonly ns: Histogram;
  readonly instructions: Histogram;
}

export function createLatency(): Latency {
  const [ns, instructions] = [createHistogram(), createHistogram()];
  return {
    ns,
    instructions,
    record(from, to) {
      // Two vCPUs may write their events a little out of order.
      ns.record(Math.max(0, Math.round(to.atNs - from.atNs)));
      if (from.instructions !== null && to.instructions !== null) instructions.record(Math.max(0, to.instructions - from.instructions));
    },
    merge(other) {
      ns.merge(other.ns);
      instructions.merge(other.instructions);
    },
  };
}

/** The numbers of a histogram; null while it has no value. */
export function distributionOf(histogram: Histogram): Distribution | null {
  const { count, min, max, mean } = histogram;
  const [median, p95, p99] = [0.5, 0.95, 0.99].map((share) => histogram.quantile(share)) as [number | null, number | null, number | null];
  if (min === null || max === null || mean === null || median === null || p95 === null || p99 === null) return null;
  return { count, min, max, mean, median, p95, p99, error: HISTOGRAM_ERROR, buckets: histogram.bins().map(({ low, high, count: inBin }) => [low, high, inBin]) };
}
