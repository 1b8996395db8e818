import { median } from 'simple-statistics';
import { createRandomGenerator, type RandomGenerator } from './randomGenerator.ts';
import { midranks } from './ranks.ts';
import { ratioOf } from './effect.ts';

/** One run of a series over time: its median, and what it may be compared with. */
export interface TrendPoint {
  readonly run: string;
  readonly value: number;
  /** Runs with the same environment (host, accelerator, QEMU) may be compared, others not. */
  readonly environment: string;
}

/** From this run on the metric was different. */
export interface ChangePoint {
  readonly run: string;
  /** Position of that run in the series. */
  readonly position: number;
  /** Median after over median before, null where that is no number. */
  readonly ratio: number | null;
  readonly pValue: number;
}

/** A stretch of runs between changes; its level is the median of its runs. */
export interface TrendStretch {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly level: number;
  readonly environment: string;
}

export interface Trend {
  readonly changes: readonly ChangePoint[];
  readonly stretches: readonly TrendStretch[];
}

/** One in a hundred, as many metrics are looked at again with every run. So ten runs are the fewest that can show a change. */
export const TREND_SIGNIFICANCE = 0.01;

/** A change shows on at least so many runs before and after it: one odd run is an outlier, not a change. */
export const FEWEST_RUNS = 3;

const SHUFFLES = 2_000;

/**
 * Finds where a metric changed over runs, oldest first: a CUSUM of ranks (Pettitt, 1979; its range as in Kuiper, 1960), its
 * p-value by shuffling the runs, applied to each part again while it finds something. The unit is the run, not the boot, because
 * runs of the same guest differ by more than the boots within them. Runs of different environments are never compared:
 * the series is cut there, without calling it a change.
 */
export function findChanges(points: readonly TrendPoint[], seed: number): Trend {
  const random = createRandomGenerator(seed);
  const changes = environmentCuts(points).flatMap(([from, to]) => changesWithin(points, from, to, random));
  return { changes, stretches: stretchesOf(points, changes) };
}

function environmentCuts(points: readonly TrendPoint[]): [number, number][] {
  const starts = points.flatMap(({ environment }, at) => (environment === points[at - 1]?.environment ? [] : [at]));
  return starts.map((from, at) => [from, starts[at + 1] ?? points.length]);
}

function changesWithin(points: readonly TrendPoint[], from: number, to: number, random: RandomGenerator): ChangePoint[] {
  const values = points.slice(from, to).map(({ value }) => value);
  if (values.length < 2 * FEWEST_RUNS) return [];
  const ranks = midranks(values);
  const { split, range } = rangeOfSums(ranks);
  const pValue = chanceOf(range, ranks, random);
  const position = from + split;
  const run = points[position]?.run;
  if (pValue >= TREND_SIGNIFICANCE || run === undefined) return [];
  const ratio = ratioOf(median(values.slice(0, split)), median(values.slice(split)));
  return [...changesWithin(points, from, position, random), { run, position, ratio, pValue }, ...changesWithin(points, position, to, random)];
}

/**
 * The sum of what each rank is above their mean, run after run: how far it ranges, and where it is farthest from 0. The
 * range, not the extreme alone, so that a change that was taken back shows as clearly as one that stayed.
 */
function rangeOfSums(ranks: ArrayLike<number>): { split: number; range: number } {
  const middle = (ranks.length + 1) / 2;
  let [sum, low, high, split, farthest] = [0, 0, 0, 0, -1];
  for (let at = 0; at < ranks.length; at++) {
    sum += (ranks[at] ?? NaN) - middle;
    const before = at + 1;
    if (before < FEWEST_RUNS || ranks.length - before < FEWEST_RUNS) continue;
    [low, high] = [Math.min(low, sum), Math.max(high, sum)];
    if (Math.abs(sum) > farthest) [split, farthest] = [before, Math.abs(sum)];
  }
  return { split, range: high - low };
}

/** How many of the shuffles range as far; it stops when that is surely no small part. */
function chanceOf(range: number, ranks: readonly number[], random: RandomGenerator): number {
  const enough = 3 * TREND_SIGNIFICANCE * SHUFFLES;
  const mixed = Float64Array.from(ranks);
  let [asFar, shuffles] = [1, 1];
  while (shuffles <= SHUFFLES && asFar < enough) {
    mix(mixed, random);
    if (rangeOfSums(mixed).range >= range) asFar++;
    shuffles++;
  }
  return asFar / shuffles;
}

/** Fisher and Yates, in place: hundreds of runs are mixed thousands of times while a page waits. */
function mix(values: Float64Array, random: RandomGenerator): void {
  for (let left = values.length; left > 1; left--) {
    const at = Math.floor(random() * left);
    [values[left - 1], values[at]] = [values[at] ?? NaN, values[left - 1] ?? NaN];
  }
}

function stretchesOf(points: readonly TrendPoint[], changes: readonly ChangePoint[]): TrendStretch[] {
  const starts = [...new Set([...environmentCuts(points).map(([from]) => from), ...changes.map(({ position }) => position)])].sort((a, b) => a - b);
  return starts.map((from, at) => {
    const to = starts[at + 1] ?? points.length;
    return { from, to, level: median(points.slice(from, to).map(({ value }) => value)), environment: points[from]?.environment ?? '' };
  });
}
