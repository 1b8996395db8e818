import { median, sampleStandardDeviation } from 'simple-statistics';
import { NORMAL_80, NORMAL_975 } from './normal.ts';

/** The variance of a median over that of a mean, of many normal values: π/2. The verdict asks for an interval of medians. */
const MEDIAN_COST = Math.PI / 2;

/** Standard deviation over median, null where that is no number or for fewer than two values. */
export function coefficientOfVariation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const ratio = sampleStandardDeviation([...values]) / Math.abs(median([...values]));
  return Number.isFinite(ratio) ? ratio : null;
}

/**
 * The smallest relative change that such series would show in four of five cases, from how they vary and how many values
 * they have: (z₀.₉₇₅ + z₀.₈) · √(π/2) · √(cvₐ²/(nₐ−1) + cv_b²/(n_b−1)). The simulation measures how well it holds. Null when
 * they have too few values to show any change.
 */
export function detectableChange(a: readonly number[], b: readonly number[]): number | null {
  const [variationA, variationB] = [coefficientOfVariation(a), coefficientOfVariation(b)];
  if (variationA === null || variationB === null || !canDiffer(a.length, b.length)) return null;
  const error = Math.sqrt(variationA ** 2 / (a.length - 1) + variationB ** 2 / (b.length - 1));
  return (NORMAL_975 + NORMAL_80) * Math.sqrt(MEDIAN_COST) * error;
}

/** Whether sides that do not overlap at all would have a p-value below 5 %: two of all arrangements are that extreme. */
export function canDiffer(countA: number, countB: number): boolean {
  let arrangements = 1;
  for (let at = 1; at <= Math.min(countA, countB); at++) arrangements *= (Math.max(countA, countB) + at) / at;
  return 2 / arrangements < 0.05;
}
