/** Mann and Whitney's U of the first series: its pairs won against the second, a tie counting one half. */
export interface RankSum {
  readonly u: number;
  /** Two-sided. */
  readonly pValue: number;
  /** `exact` from the distribution of U; `normal` with correction for ties and for continuity. */
  readonly method: 'exact' | 'normal';
}

/** Up to so many values a side, and without ties, U's distribution is counted out exactly. */
const EXACT_UP_TO = 25;

/**
 * Mann–Whitney test that two series come from the same distribution (Mann and Whitney, 1947): exact up to 25 values a
 * side without ties, else the normal approximation with the correction for ties (Lehmann, 1975). Null for an empty side.
 */
export function rankSum(a: readonly number[], b: readonly number[]): RankSum | null {
  if (a.length === 0 || b.length === 0) return null;
  const u = pairsWon(a, b);
  const ties = tieGroups([...a, ...b]);
  const exact = ties.length === 0 && Math.max(a.length, b.length) <= EXACT_UP_TO;
  return exact
    ? { u, pValue: exactPValue(u, a.length, b.length), method: 'exact' }
    : { u, pValue: normalPValue(u, a.length, b.length, ties), method: 'normal' };
}

/**
 * Cliff's delta: how much more often a value of `b` is above one of `a` than below it, from -1 to 1 (Cliff, 1993).
 * Null for an empty side.
 */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number | null {
  if (a.length === 0 || b.length === 0) return null;
  return (2 * pairsWon(b, a)) / (a.length * b.length) - 1;
}

function pairsWon(a: readonly number[], b: readonly number[]): number {
  const sorted = Float64Array.from(b).sort();
  return a.reduce((won, value) => won + (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2, 0);
}

/** How many of the sorted values are below `limit`, or at most `limit`. */
function countBelow(sorted: Float64Array, limit: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle] ?? NaN;
    if (value < limit || (orEqual && value === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sizes of the groups of equal values. */
function tieGroups(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1);
}

function exactPValue(u: number, countA: number, countB: number): number {
  const ways = waysToReach(countA, countB);
  const all = ways.reduce((sum, count) => sum + count, 0);
  const smaller = Math.min(u, countA * countB - u);
  const inTail = ways.slice(0, smaller + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * inTail) / all);
}

/** How many arrangements of the two sides give each U: the coefficients of the Gaussian binomial [a + b over a]. */
function waysToReach(countA: number, countB: number): number[] {
  const ways = new Array<number>(countA * countB + 1).fill(0);
  ways[0] = 1;
  for (let factor = 1; factor <= countA; factor++) {
    multiplyByOneMinusPower(ways, countB + factor);
    divideByOneMinusPower(ways, factor);
  }
  return ways;
}

function multiplyByOneMinusPower(ways: number[], power: number): void {
  for (let at = ways.length - 1; at >= power; at--) ways[at] = (ways[at] ?? 0) - (ways[at - power] ?? 0);
}

function divideByOneMinusPower(ways: number[], power: number): void {
  for (let at = power; at < ways.length; at++) ways[at] = (ways[at] ?? 0) + (ways[at - power] ?? 0);
}

function normalPValue(u: number, countA: number, countB: number, ties: readonly number[]): number {
  const all = countA + countB;
  const tied = ties.reduce((sum, size) => sum + (size ** 3 - size), 0) / (all * (all - 1));
  const variance = ((countA * countB) / 12) * (all + 1 - tied);
  if (variance <= 0) return 1;
  const distance = Math.max(0, Math.abs(u - (countA * countB) / 2) - 0.5);
  return complementaryError(distance / Math.sqrt(2 * variance));
}

/** erfc by Numerical Recipes' Chebyshev fit (Press et al., 1992, 6.2): relative error below 1.2e-7, so tails stay right. */
function complementaryError(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const series = coefficients.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
  return Math.min(1, t * Math.exp(-x * x + series));
}
