import type { Distribution } from '../../../../electron/contract/metrics.ts';

/** One bar on a logarithmic axis: from its low bound, inclusive, to its high bound, exclusive. */
export interface LatencyBar {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/**
 * Gathers the buckets of a distribution into at most `most` bars of the same width on a logarithmic axis. A bucket goes to the bar of its
 * middle: buckets are much narrower than bars, and what they cannot tell no bar can.
 */
export function latencyBars({ buckets }: Distribution, most: number): LatencyBar[] {
  const span = spanOf(buckets);
  if (span === null) return [];
  const step = Math.log(span.high / span.low) / most;
  const counts = new Array<number>(most).fill(0);
  for (const [low, high, count] of buckets) {
    const at = Math.min(most - 1, Math.max(0, Math.floor(Math.log(middleOf(low, high) / span.low) / step)));
    counts[at] = (counts[at] ?? 0) + count;
  }
  return counts.map((count, at) => ({ low: span.low * Math.exp(step * at), high: span.low * Math.exp(step * (at + 1)), count }));
}

function middleOf(low: number, high: number): number {
  return low <= 0 ? Math.max(1, high / 2) : Math.sqrt(low * high);
}

/** From the first bucket to the last, and never less than from one to twice of it, so that a single value is one bar among empty ones. */
function spanOf(buckets: Distribution['buckets']): { low: number; high: number } | null {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return null;
  const [low, high] = [Math.max(1, first[0]), Math.max(2, last[1])];
  return high / low >= 2 ? { low, high } : { low: low / 1.5, high: high * 1.5 };
}

/** Powers of ten within, and 2 and 5 times them where those are few. */
export function logMarks(low: number, high: number): number[] {
  const decades: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) decades.push(10 ** power);
  const fine = Math.log10(high / low) < 3;
  return decades.flatMap((decade) => (fine ? [decade, 2 * decade, 5 * decade] : [decade])).filter((mark) => mark >= low && mark <= high);
}
