import { median, quantileSorted } from 'simple-statistics';
import { NORMAL_975 } from '../../../../electron/core/statistics/normal.ts';
import type { RandomGenerator } from '../../../../electron/core/statistics/randomGenerator.ts';
import { normalBelow, solve } from './shapes.ts';

/** Enough to see whether it covers better. */
const RESAMPLES = 1_000;

/** A bootstrap interval as the statistics do not use it, to see whether they should: bias-corrected and accelerated (Efron, 1987). */
export function acceleratedRatioInterval(a: readonly number[], b: readonly number[], random: RandomGenerator): { low: number; high: number } {
  const estimate = median([...b]) / median([...a]);
  const ratios = Float64Array.from({ length: RESAMPLES }, () => median(resample(b, random)) / median(resample(a, random))).sort();
  const left = [...leaveOneOut(a).map((value) => median([...b]) / value), ...leaveOneOut(b).map((value) => value / median([...a]))];
  return accelerated(ratios, estimate, left);
}

export function acceleratedMedianInterval(values: readonly number[], random: RandomGenerator): { low: number; high: number } {
  const medians = Float64Array.from({ length: RESAMPLES }, () => median(resample(values, random))).sort();
  return accelerated(medians, median([...values]), leaveOneOut(values));
}

function accelerated(rising: Float64Array, estimate: number, leftOut: readonly number[]): { low: number; high: number } {
  const below = rising.reduce((sum, value) => sum + (value < estimate ? 1 : value === estimate ? 0.5 : 0), 0) / rising.length;
  const bias = solve((x) => normalBelow(x) - Math.min(0.9999, Math.max(0.0001, below)));
  const middle = leftOut.reduce((sum, value) => sum + value / leftOut.length, 0);
  const squares = leftOut.reduce((sum, value) => sum + (middle - value) ** 2, 0);
  const acceleration = squares === 0 ? 0 : leftOut.reduce((sum, value) => sum + (middle - value) ** 3, 0) / (6 * squares ** 1.5);
  const share = (z: number): number => normalBelow(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const sorted = rising as unknown as number[];
  return { low: quantileSorted(sorted, share(-NORMAL_975)), high: quantileSorted(sorted, share(NORMAL_975)) };
}

function leaveOneOut(values: readonly number[]): number[] {
  return values.map((_, out) => median(values.filter((_value, at) => at !== out)));
}

function resample(values: readonly number[], random: RandomGenerator): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] ?? NaN);
}
