import { NORMAL_975 } from './normal.ts';
import { pairsWonByEach, tieGroups } from './ranks.ts';

/** Words for the size of a delta, whatever its sign (Romano et al., 2006: 0.147, 0.33 and 0.474). */
export type Magnitude = 'negligible' | 'small' | 'medium' | 'large';

export interface Delta {
  readonly delta: number;
  /** Approximate, of 95 %; null for fewer than two values a side. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly magnitude: Magnitude;
}

/**
 * Cliff's delta: how much more often a value of `b` is above one of `a` than below it, from -1 to 1 (Cliff, 1993).
 * Null for an empty side.
 */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number | null {
  if (a.length === 0 || b.length === 0) return null;
  return (2 * total(pairsWonByEach(b, a))) / (a.length * b.length) - 1;
}

/** The same with its word and its asymmetric interval from the consistent variance (Feng and Cliff, 2004). */
export function describeDelta(a: readonly number[], b: readonly number[]): Delta | null {
  const delta = cliffsDelta(a, b);
  return delta === null ? null : { delta, interval: deltaInterval(a, b, delta), magnitude: magnitudeOf(delta) };
}

export function magnitudeOf(delta: number): Magnitude {
  const size = Math.abs(delta);
  if (size < 0.147) return 'negligible';
  if (size < 0.33) return 'small';
  return size < 0.474 ? 'medium' : 'large';
}

function deltaInterval(a: readonly number[], b: readonly number[], delta: number): Delta['interval'] {
  const fewer = Math.min(a.length, b.length);
  if (fewer < 2) return null;
  const z2 = NORMAL_975 ** 2;
  // Sides that do not overlap show no variance; their interval is that of a share seen `fewer` times of as many.
  if (Math.abs(delta) === 1) {
    const inner = (fewer - z2) / (fewer + z2);
    return delta > 0 ? { low: inner, high: 1 } : { low: -1, high: -inner };
  }
  const variance = varianceOf(a, b, delta);
  const reach = NORMAL_975 * Math.sqrt(variance * ((1 - delta ** 2) ** 2 + z2 * variance));
  const width = 1 - delta ** 2 + z2 * variance;
  const middle = delta - delta ** 3;
  return { low: Math.max(-1, (middle - reach) / width), high: Math.min(1, (middle + reach) / width) };
}

/** Unbiased, and at least as large as it must be (Cliff, 1993, eq. 6). */
function varianceOf(a: readonly number[], b: readonly number[], delta: number): number {
  const [countA, countB] = [a.length, b.length];
  const pairs = countA * countB;
  const ofB = total(pairsWonByEach(b, a).map((won) => ((2 * won) / countA - 1 - delta) ** 2));
  const ofA = total(pairsWonByEach(a, b).map((won) => (1 - (2 * won) / countB - delta) ** 2));
  const ofPairs = pairs - tiedPairs(a, b) - pairs * delta ** 2;
  const unbiased = (countA ** 2 * ofB + countB ** 2 * ofA - ofPairs) / (pairs * (countA - 1) * (countB - 1));
  return Math.max(unbiased, (1 - delta ** 2) / (pairs - 1));
}

/** Pairs of one value of each side that are equal. */
function tiedPairs(a: readonly number[], b: readonly number[]): number {
  const within = (values: readonly number[]): number => total(tieGroups(values).map((size) => (size * (size - 1)) / 2));
  return within([...a, ...b]) - within(a) - within(b);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
