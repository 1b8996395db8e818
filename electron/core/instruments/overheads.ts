import { median } from 'simple-statistics';
import type { Overhead } from '../../contract/instruments.ts';
import { ratioInterval } from '../statistics/bootstrap.ts';
import { createRandomGenerator } from '../statistics/randomGenerator.ts';

/** What an instrument costs: the ratio of the medians of the same boots with it and without it, with its interval. */
export function overheadOf(without: readonly number[], armed: readonly number[], seed: number, measuredAt: string): Overhead | null {
  const interval = ratioInterval(without, armed, createRandomGenerator(seed));
  if (interval === null) return null;
  return { ratio: median([...armed]) / median([...without]), low: interval.low, high: interval.high, boots: armed.length, measuredAt };
}
