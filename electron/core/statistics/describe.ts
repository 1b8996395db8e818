import { max, mean, median, min, sampleStandardDeviation } from 'simple-statistics';
import type { Statistics } from '../../contract/summaries.ts';
import { medianInterval } from './bootstrap.ts';
import { outlierPositions } from './outliers.ts';
import { createRandomGenerator } from './randomGenerator.ts';

export interface Series {
  readonly unit: Statistics['unit'];
  /** Seed of the bootstrap: the same seed and values give the same interval everywhere. */
  readonly seed: number;
  /** The sample that each value came from, to name outliers by; positions in `values` when left out. */
  readonly indices?: readonly number[];
}

/** Describes one series; null for none at all. Outliers are marked and stay in every number. */
export function describe(values: readonly number[], { unit, seed, indices }: Series): Statistics | null {
  if (values.length === 0) return null;
  const numbers = [...values];
  return {
    unit,
    count: numbers.length,
    min: min(numbers),
    max: max(numbers),
    mean: mean(numbers),
    median: median(numbers),
    standardDeviation: numbers.length < 2 ? 0 : sampleStandardDeviation(numbers),
    interval: medianInterval(numbers, createRandomGenerator(seed)),
    outliers: outlierPositions(numbers).map((position) => indices?.[position] ?? position),
  };
}
