import { median } from 'simple-statistics';
import { ratioInterval, type Interval } from './bootstrap.ts';
import { describeDelta, type Delta } from './cliffsDelta.ts';
import { detectableChange } from './detectableChange.ts';
import { createRandomGenerator } from './randomGenerator.ts';
import { rankSum } from './rankSum.ts';

/** Fewer values of a side than this are not ranked: no order of them says anything. */
const FEWEST_RANKED = 3;

/** How `b` differs from `a`, as far as their values can say. */
export interface Effect {
  readonly countA: number;
  readonly countB: number;
  /** Null for an empty side. */
  readonly medianA: number | null;
  readonly medianB: number | null;
  /** Median of `b` over median of `a`; null where that is no number. Two zeros are equal: 1. */
  readonly ratio: number | null;
  /** Of the ratio; null for fewer than five values a side. */
  readonly interval: Interval | null;
  /** Two-sided, of the Mann–Whitney test; null for fewer than three values a side. */
  readonly pValue: number | null;
  readonly delta: Delta | null;
  /** The smallest relative change that these series would probably have shown. */
  readonly detectable: number | null;
  /** What all values of a side are when they are all the same and at least two, as those of exact counters are; null when not. */
  readonly steadyA: number | null;
  readonly steadyB: number | null;
}

export function measureEffect(a: readonly number[], b: readonly number[], seed: number): Effect {
  const [medianA, medianB] = [medianOf(a), medianOf(b)];
  const enough = Math.min(a.length, b.length) >= FEWEST_RANKED;
  return {
    countA: a.length,
    countB: b.length,
    medianA,
    medianB,
    ratio: ratioOf(medianA, medianB),
    interval: ratioInterval(a, b, createRandomGenerator(seed)),
    pValue: enough ? (rankSum(a, b)?.pValue ?? null) : null,
    delta: enough ? describeDelta(a, b) : null,
    detectable: detectableChange(a, b),
    steadyA: steadyValue(a),
    steadyB: steadyValue(b),
  };
}

/** `b` over `a`, null where that is no number. */
export function ratioOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  const ratio = a === b ? 1 : b / a;
  return Number.isFinite(ratio) ? ratio : null;
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : median([...values]);
}

function steadyValue(values: readonly number[]): number | null {
  const [first] = values;
  return first !== undefined && values.length >= 2 && values.every((value) => value === first) ? first : null;
}
