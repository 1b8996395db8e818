import type { MetricName } from '../../contract/metrics.ts';
import type { TrendItem } from '../../contract/measurements.ts';
import { findChanges, type ChangePoint, type TrendStretch } from '../statistics/trend.ts';
import { environmentOf, obstacleInTrend, type ComparedMetric, type Measured } from './comparability.ts';
import { metricWords } from './metricNames.ts';
import type { MedianWithInterval } from './runSeries.ts';

/** One run of a guest in which a metric was read. */
export interface TrendRun extends Measured, MedianWithInterval {
  readonly id: string;
  readonly at: string;
}

/**
 * One metric of a guest over its runs, whichever order they come in: oldest first, each against the newest, with the runs
 * from which on it was different. Only runs that may be compared are looked at together, even where others stand between them.
 */
export function trendOf(runs: readonly TrendRun[], metric: MetricName): TrendItem[] {
  const inOrder = [...runs].sort((one, other) => one.at.localeCompare(other.at));
  const compared: ComparedMetric = { metric, kind: ['ns', 'perSecond'].includes(metricWords[metric].unit) ? 'time' : 'count' };
  const newest = inOrder.at(-1);
  const marks = marksOf(inOrder, compared);
  return inOrder.map((one): TrendItem => {
    const obstacle = newest === undefined ? null : obstacleInTrend(newest, one, compared);
    const { id, at, median, low, high } = one;
    return { run: id, at, median, low, high, comparable: obstacle === null, obstacle, ...(marks.get(id) ?? { change: null, level: median, stretch: 0 }) };
  });
}

type Mark = Pick<TrendItem, 'change' | 'level' | 'stretch'>;

/** Stretches are numbered over all environments. */
function marksOf(inOrder: readonly TrendRun[], compared: ComparedMetric): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  let stretches = 0;
  for (const [environment, group] of Map.groupBy(inOrder, (one) => environmentOf(one, compared))) {
    const points = group.map(({ id, median }) => ({ run: id, value: median, environment }));
    // The same runs have the same marks everywhere; the seed only shuffles.
    const found = findChanges(points, points.length);
    for (const [at, { id }] of group.entries()) {
      const stretch = found.stretches.findIndex((one) => one.from <= at && at < one.to);
      marks.set(id, markOf(found.changes.find(({ run }) => run === id), found.stretches[stretch], stretches + stretch));
    }
    stretches += found.stretches.length;
  }
  return marks;
}

function markOf(change: ChangePoint | undefined, stretch: TrendStretch | undefined, number: number): Mark {
  return { change: change === undefined ? null : { ratio: change.ratio, pValue: change.pValue }, level: stretch?.level ?? 0, stretch: number };
}
