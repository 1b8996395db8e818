import { quantileSorted } from 'simple-statistics';
import { drawMiddle } from './orderStatistics.ts';
import type { RandomGenerator } from './randomGenerator.ts';

/** Resamples of a bootstrap; with 4,000 the ends of an interval move by less than a tenth of its width between seeds. */
export const RESAMPLES = 4_000;
export const LEVEL = 0.95;

/** Fewer values than this have no interval: the bootstrap gives little more than their range, and none was simulated. */
export const FEWEST_VALUES = 5;

export interface Interval {
  readonly level: number;
  readonly low: number;
  readonly high: number;
  readonly resamples: number;
}

/**
 * Percentile bootstrap interval of the median (Efron and Tibshirani, 1993, ch. 13), null for fewer than five values.
 * It is approximate: simulated, it held the true median in 92–96 % of cases for 5 to 30 values of four shapes, the
 * interval of the ratio in 95–98 % (resources/statistics/coverage.json). The bias-corrected and accelerated one (Efron,
 * 1987) did no better on either, and rests on a jackknife that is known to fail for medians; so the plain one is used.
 */
export function medianInterval(values: readonly number[], random: RandomGenerator): Interval | null {
  if (values.length < FEWEST_VALUES) return null;
  const draw = medianSampler(values, random);
  return percentileInterval(Array.from({ length: RESAMPLES }, draw));
}

/** The same for median(b) / median(a), each side resampled on its own. */
export function ratioInterval(a: readonly number[], b: readonly number[], random: RandomGenerator): Interval | null {
  if (Math.min(a.length, b.length) < FEWEST_VALUES) return null;
  const drawA = medianSampler(a, random);
  const drawB = medianSampler(b, random);
  const ratios = Array.from({ length: RESAMPLES }, () => drawB() / drawA());
  return ratios.every(Number.isFinite) ? percentileInterval(ratios) : null;
}

function percentileInterval(estimates: number[]): Interval {
  const sorted = Float64Array.from(estimates).sort() as unknown as number[];
  const outside = (1 - LEVEL) / 2;
  return { level: LEVEL, low: quantileSorted(sorted, outside), high: quantileSorted(sorted, 1 - outside), resamples: RESAMPLES };
}

/** Up to so many values drawing each one costs no more than drawing where the middle of them lies. */
const MOST_COUNTED = 30;

/** Draws the median of one resample a call: of few values by counting what was drawn, of many by drawing its rank, which has the same distribution. */
function medianSampler(values: readonly number[], random: RandomGenerator): () => number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length <= MOST_COUNTED ? countingSampler(sorted, random) : rankSampler(sorted, random);
}

/** A resample is as many uniform numbers as there are values, each the place of one of them: of a thousand values fifty times faster. */
function rankSampler(sorted: Float64Array, random: RandomGenerator): () => number {
  const valueAt = (place: number): number => sorted[Math.floor(place * sorted.length)] ?? NaN;
  return () => {
    const { lower, upper } = drawMiddle(sorted.length, random);
    return (valueAt(lower) + valueAt(upper)) / 2;
  };
}

/**
 * Only how often each value was drawn matters, so it counts ranks and walks to the middle instead of sorting each
 * resample: ten times faster.
 */
function countingSampler(sorted: Float64Array, random: RandomGenerator): () => number {
  const count = sorted.length;
  const drawn = new Uint32Array(count);
  const upperMiddle = Math.floor(count / 2);
  return () => {
    drawn.fill(0);
    for (let at = 0; at < count; at++) {
      const rank = Math.floor(random() * count);
      drawn[rank] = (drawn[rank] ?? 0) + 1;
    }
    if (count % 2 === 1) return valueAtRank(sorted, drawn, upperMiddle);
    return (valueAtRank(sorted, drawn, upperMiddle - 1) + valueAtRank(sorted, drawn, upperMiddle)) / 2;
  };
}

function valueAtRank(sorted: Float64Array, drawn: Uint32Array, rank: number): number {
  let passed = drawn[0] ?? 0;
  let at = 0;
  while (passed <= rank) passed += drawn[++at] ?? Infinity;
  return sorted[at] ?? NaN;
}
