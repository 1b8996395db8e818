import { median } from 'simple-statistics';
import type { PhaseTable, Sample } from '../../contract/measurements.ts';
import { bootOf, phaseAt } from './bootSeries.ts';

/** What lists and charts show of a sample. It is kept beside the sample, which is large. */
export interface SampleNumbers {
  readonly index: number;
  readonly subject: string;
  /** No warm-up, and its stamps can be trusted. */
  readonly counted: boolean;
  readonly bootNs: number | null;
  /** When each phase was seen, since the spawn. */
  readonly phases: Readonly<Record<string, number>>;
  /** What instruments read. */
  readonly readings: Readonly<Record<string, number>>;
}

export function numbersOf(sample: Sample, table: PhaseTable): SampleNumbers {
  const { index, subject, warmUp, outcome, phases, metrics } = sample;
  const readings = (metrics?.readings ?? []).filter(({ metric, value }) => value !== null && metric !== 'bootTime');
  return {
    index,
    subject,
    counted: !warmUp && outcome !== 'failed',
    bootNs: bootOf(sample, table),
    phases: Object.fromEntries(phases.flatMap(({ name }) => withValue(name, phaseAt(sample, name)))),
    readings: Object.fromEntries(readings.flatMap(({ metric, value }) => withValue(metric, value))),
  };
}

/** The median boot of a run's first subject in whole nanoseconds, null without a boot that came to its end. */
export function medianBootOf(boots: readonly number[]): number | null {
  return boots.length === 0 ? null : Math.round(median([...boots]));
}

function withValue(name: string, value: number | null): [string, number][] {
  return value === null ? [] : [[name, value]];
}
