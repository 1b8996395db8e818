import { DeclaredError } from '../../contract/errors.ts';
import type { MetricName } from '../../contract/metrics.ts';
import type { Run, Subject, TrendItem } from '../../contract/measurements.ts';
import { keepExtremes, medianWithInterval, metricOf, phaseDurations, type SeriesValue } from '../../core/measurements/runSeries.ts';
import { tableOfKey } from '../../core/measurements/subjectTable.ts';
import { trendOf, type TrendRun } from '../../core/measurements/trendOf.ts';
import type { RunStore } from './runStore.ts';

export interface SeriesQuery {
  readonly id: string;
  readonly subject: string;
  readonly metric: MetricName | 'phase';
  readonly phase?: string | undefined;
  readonly points: number;
}

/** So many of the newest runs of a guest make its trend. */
const TREND_RUNS = 500;

export interface RunCharts {
  /** Throws NOT_FOUND, and INPUT_INVALID where a phase is meant and none is named. */
  series(query: SeriesQuery): { total: number; values: SeriesValue[] };
  /** Oldest first. */
  trend(guest: string, metric: MetricName): TrendItem[];
}

/** What is drawn of runs, from the numbers that are kept beside the samples. */
export function createRunCharts(store: Pick<RunStore, 'run' | 'numbers' | 'find'>): RunCharts {
  return {
    series({ id, subject, metric, phase, points }) {
      const run = store.run(id);
      if (!run.subjects.some(({ key }) => key === subject)) throw new DeclaredError('NOT_FOUND', { noun: 'subject', id: subject });
      if (metric === 'phase' && phase === undefined) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'phase', message: 'name the phase' }] });
      const numbers = store.numbers(id).filter((sample) => sample.subject === subject);
      const values = metric === 'phase' ? phaseDurations(numbers, tableOfKey(run, subject), phase ?? '') : metricOf(numbers, metric);
      return { total: values.length, values: keepExtremes(values, points) };
    },
    trend(guest, metric) {
      const found = store.find({ guest, order: 'newest', offset: 0, limit: TREND_RUNS }).items.map(({ id }) => store.run(id));
      return trendOf(found.flatMap((run) => subjectOf(run, guest).flatMap((subject) => pointOf(run, subject, metric))), metric);
    },
  };

  function pointOf(run: Run, subject: Subject, metric: MetricName): TrendRun[] {
    const counted = store.numbers(run.id).filter((sample) => sample.subject === subject.key && sample.counted);
    const middle = medianWithInterval(metricOf(counted, metric).map(({ value }) => value));
    return middle === null ? [] : [{ id: run.id, at: run.createdAt, run, subject, ...middle }];
  }
}

function subjectOf({ subjects }: Run, guest: string): Subject[] {
  const found = subjects.find((subject) => subject.guest.id === guest && !subject.control);
  return found === undefined ? [] : [found];
}
