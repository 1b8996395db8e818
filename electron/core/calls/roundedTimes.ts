import type { Distribution } from '../../contract/metrics.ts';

/** A distribution whose quantiles are whole steps of the clock: the middle of a histogram's bucket has digits that nobody measured. */
export function roundedTimes(times: Distribution | null, stepNs: number): Distribution | null {
  if (times === null || stepNs <= 1) return times;
  const rounded = (value: number): number => Math.min(times.max, Math.max(times.min, Math.round(value / stepNs) * stepNs));
  return { ...times, median: rounded(times.median), p95: rounded(times.p95), p99: rounded(times.p99) };
}
