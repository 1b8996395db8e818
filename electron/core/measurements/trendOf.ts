import { median } from 'simple-statistics';
import type { RunWithSamples } from '../../contract/measurements.ts';
import { findChanges, type Trend, type TrendPoint } from '../statistics/trend.ts';
import { metricSeriesOf } from './metricSeries.ts';

export interface MetricTrend extends Trend {
  readonly metric: string;
  /** Oldest first; runs without the metric are left out. */
  readonly points: readonly TrendPoint[];
}

/** One metric of a guest over its runs, whichever order they come in, with the runs at which it changed. */
export function trendOf(runs: readonly RunWithSamples[], guest: string, metric: string): MetricTrend {
  const inOrder = [...runs].sort((a, b) => a.run.createdAt.localeCompare(b.run.createdAt));
  const points = inOrder.flatMap((one) => pointOf(one, guest, metric));
  // The same runs have the same marks everywhere; the seed only shuffles.
  return { metric, points, ...findChanges(points, points.length) };
}

function pointOf({ run, samples }: RunWithSamples, guest: string, metric: string): TrendPoint[] {
  const subject = run.subjects.find((one) => one.guest.id === guest && !one.control);
  const series = subject === undefined ? undefined : metricSeriesOf(run, subject, samples).find((one) => one.metric === metric);
  if (subject === undefined || series === undefined) return [];
  const environment = [run.host.id, subject.accelerator, subject.qemu.id, run.plan.events?.logicalTime ?? false, series.kind === 'time' ? (run.plan.events?.instrument ?? '') : ''].join(' ');
  return [{ run: run.id, value: median([...series.values]), environment }];
}
