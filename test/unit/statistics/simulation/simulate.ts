import { medianInterval } from '../../../../electron/core/statistics/bootstrap.ts';
import { detectableChange } from '../../../../electron/core/statistics/detectableChange.ts';
import { measureEffect, type Effect } from '../../../../electron/core/statistics/effect.ts';
import { holm } from '../../../../electron/core/statistics/holm.ts';
import { createRandomGenerator, type RandomGenerator } from '../../../../electron/core/statistics/randomGenerator.ts';
import { modifiedScores, OUTLIER_SCORE } from '../../../../electron/core/statistics/outliers.ts';
import { rankSum } from '../../../../electron/core/statistics/rankSum.ts';
import type { CoverageRow, CoverageTable } from '../../../../electron/core/statistics/statedCoverage.ts';
import { findChanges } from '../../../../electron/core/statistics/trend.ts';
import { judgeDifference, type MetricKind, type VerdictName } from '../../../../electron/core/statistics/verdict.ts';
import { acceleratedMedianInterval, acceleratedRatioInterval } from './acceleratedInterval.ts';
import { drawFrom, drawNormal, shapes, type Shape } from './shapes.ts';

export interface Cell {
  readonly count: number;
  readonly shape: Shape;
  readonly variation: number;
}

/** Numbers of values, shapes, and the variations of instructions, of quiet and of noisy times. */
export const cells: readonly Cell[] = [5, 10, 20, 30].flatMap((count) => shapes.flatMap((shape) => [0.003, 0.03, 0.12].map((variation) => ({ count, shape, variation }))));

interface Repeats {
  readonly repeats: number;
  readonly seed: number;
}

/** The part of the repeats in which the other bootstrap is tried too. */
const ACCELERATED_SHARE = 0.25;

/** Draws pairs of series with a known truth and counts how often intervals hold it and verdicts are right. */
export function simulateCell(cell: Cell, { repeats, seed }: Repeats): CoverageRow {
  const random = createRandomGenerator(seed);
  const share = createShares();
  for (let repeat = 0; repeat < repeats; repeat++) simulateOnce(cell, random, share.add);
  return {
    ...cell,
    covered: { median: share.of('median'), ratio: share.of('ratio'), delta: share.of('delta') },
    acceleratedCovered: { median: share.of('accelerated median'), ratio: share.of('accelerated ratio') },
    falseAlarms: share.of('false alarm'),
    calledSame: { time: share.of('same time'), count: share.of('same count') },
    found: { onePercent: share.of('found 0.01'), fivePercent: share.of('found 0.05'), twentyPercent: share.of('found 0.2') },
    foundDetectable: share.of('found detectable'),
  };
}

function simulateOnce({ count, shape, variation }: Cell, random: RandomGenerator, add: (name: string, happened: boolean) => void): void {
  const draw = (): number[] => Array.from({ length: count }, () => drawFrom(shape, variation, random));
  const [a, b] = [draw(), draw()];
  const seed = Math.floor(random() * 2 ** 32);
  const equal = measureEffect(a, b, seed);
  add('median', holds(medianInterval(a, createRandomGenerator(seed)), 1));
  add('ratio', holds(equal.interval, 1));
  add('delta', holds(equal.delta?.interval ?? null, 0));
  // It is many times slower, and only to be compared with the other.
  if (random() < ACCELERATED_SHARE) {
    add('accelerated median', holds(acceleratedMedianInterval(a, random), 1));
    add('accelerated ratio', holds(acceleratedRatioInterval(a, b, random), 1));
  }
  const verdictOn = (change: number, kind: MetricKind): VerdictName => {
    const effect = changed(equal, a, b, change);
    return judgeDifference(effect, { kind, corrected: effect.pValue }).name;
  };
  const [time, number] = [verdictOn(0, 'time'), verdictOn(0, 'count')];
  add('false alarm', time === 'more' || time === 'less');
  add('same time', time === 'same');
  add('same count', number === 'same');
  for (const change of [0.01, 0.05, 0.2]) add(`found ${change}`, verdictOn(change, 'time') === 'more');
  // Stated from other series of the same kind, as when a run is planned from an earlier one.
  add('found detectable', verdictOn(detectableChange(draw(), draw()) ?? 0, 'time') === 'more');
}

/** The effect when `b` is larger by a factor: ratio and interval are multiplied by it, as the tests of the bootstrap show. */
function changed(effect: Effect, a: readonly number[], b: readonly number[], change: number): Effect {
  const factor = 1 + change;
  const { ratio, interval } = effect;
  return {
    ...effect,
    ratio: ratio === null ? null : ratio * factor,
    interval: interval === null ? null : { ...interval, low: interval.low * factor, high: interval.high * factor },
    pValue: rankSum(a, b.map((value) => value * factor))?.pValue ?? null,
  };
}

function holds(interval: { readonly low: number; readonly high: number } | null, truth: number): boolean {
  return interval !== null && interval.low <= truth && truth <= interval.high;
}

function createShares() {
  const counts = new Map<string, { of: number; happened: number }>();
  return {
    add: (name: string, happened: boolean): void => {
      const before = counts.get(name) ?? { of: 0, happened: 0 };
      counts.set(name, { of: before.of + 1, happened: before.happened + Number(happened) });
    },
    of: (name: string): number => {
      const { of, happened } = counts.get(name) ?? { of: 1, happened: 0 };
      return Math.round((happened / of) * 1e4) / 1e4;
    },
  };
}

/** A boot and ten phases of equal things: how often at least one phase is called different. */
export function simulateFamily(count: number, { repeats, seed }: Repeats): CoverageTable['families'][number] {
  const random = createRandomGenerator(seed);
  const metrics = 10;
  let alarms = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const draw = (): number[] => Array.from({ length: count }, () => drawFrom('log-normal', 0.12, random));
    const effects = Array.from({ length: metrics }, () => measureEffect(draw(), draw(), repeat));
    const corrected = holm(effects.map(({ pValue }) => pValue));
    const names = effects.map((effect, at) => judgeDifference(effect, { kind: 'time', corrected: corrected[at] ?? null }).name);
    if (names.some((name) => name === 'more' || name === 'less')) alarms++;
  }
  return { count, metrics, falseAlarms: alarms / repeats };
}

/** Medians of runs, alike or with one step in the middle. */
export function simulateTrend(runs: number, { repeats, seed }: Repeats): CoverageTable['trends'][number] {
  const random = createRandomGenerator(seed);
  const marked = (deviations: number): number => {
    let found = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const points = Array.from({ length: runs }, (_, at) => ({ run: String(at), environment: '', value: 100 + drawNormal(random) + (at >= runs / 2 ? deviations : 0) }));
      if (findChanges(points, repeat).changes.length > 0) found++;
    }
    return found / repeats;
  };
  return { runs, falseAlarms: marked(0), found: { oneDeviation: marked(1), twoDeviations: marked(2), threeDeviations: marked(3) } };
}

/** Series of one distribution: how often something in them is marked. The marks are those of any number of values, so that the limit can be chosen. */
export function simulateOutliers(count: number, shape: Shape, { repeats, seed }: Repeats): CoverageTable['outliers'][number] {
  const random = createRandomGenerator(seed);
  const marked = Array.from({ length: repeats }, () => modifiedScores(Array.from({ length: count }, () => drawFrom(shape, 0.03, random))).filter((score) => score > OUTLIER_SCORE).length);
  const share = (part: number): number => Math.round(part * 1e4) / 1e4;
  return { count, shape, series: share(marked.filter((many) => many > 0).length / repeats), values: share(marked.reduce((sum, many) => sum + many, 0) / repeats / count) };
}

/** The heavy tail has outliers, so only the other shapes tell of marks without any. */
export const outlierCells = [3, 4, 5, 6, 10, 20, 30].flatMap((count) => shapes.filter((shape) => shape !== 'heavy tail with outliers').map((shape) => ({ count, shape })));
export const familyCounts = [5, 10, 30] as const;
export const trendLengths = [10, 15, 30, 100] as const;
