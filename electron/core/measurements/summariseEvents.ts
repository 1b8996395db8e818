import { explain } from '../../contract/errors.ts';
import type { CallTable, Reading } from '../../contract/metrics.ts';
import type { Run, Sample } from '../../contract/measurements.ts';
import type { CallSummary, EventSummary, MetricSummary, Statistics } from '../../contract/summaries.ts';
import { joinDistributions, rankCalls } from '../calls/rankCalls.ts';
import { describe } from '../statistics/describe.ts';
import { mergeCallTables } from './mergeCallTables.ts';
import { seriesOf, type BootSeries } from './bootSeries.ts';
import { summariseMemory } from './summariseMemory.ts';

/** A sample with what instruments saw in it. */
export type SampleWithEvents = Sample & { readonly metrics: NonNullable<Sample['metrics']> };

/** Describes a series of one unit; null for none. */
export type Describe = (series: BootSeries, unit: Statistics['unit']) => Statistics | null;

/**
 * What event instruments saw in the counted samples of one subject (`countedSamples`), for command line, page and report alike; null
 * where no sample has any. Each number keeps how it was obtained.
 */
export function summariseEvents({ plan: { seed } }: Pick<Run, 'plan'>, counted: readonly Sample[]): EventSummary | null {
  const samples = counted.filter((sample): sample is SampleWithEvents => sample.metrics !== null);
  const describeSeries: Describe = ({ values, indices }, unit) => describe(values, { unit, seed, indices });
  const window = describeSeries(seriesOf(samples, windowOf), 'ns');
  if (window === null) return null;
  return {
    samples: samples.map(({ index }) => index),
    logicalTime: samples.every(({ metrics }) => metrics.logicalTime),
    window,
    metrics: metricNames(samples).map((name) => summariseMetric(name, samples, describeSeries)),
    ...summariseCalls(samples, describeSeries),
    memory: summariseMemory(samples, describeSeries),
    notes: samples.flatMap(notesOf),
  };
}

function windowOf({ metrics }: Sample): number | null {
  return metrics === null ? null : metrics.window.toNs - metrics.window.fromNs;
}

/** In the order in which they were asked for. */
function metricNames(samples: readonly SampleWithEvents[]): Reading['metric'][] {
  return [...new Set(samples.flatMap(({ metrics }) => metrics.readings.map(({ metric }) => metric)))];
}

function readingIn({ metrics }: SampleWithEvents, name: Reading['metric']): Reading | undefined {
  return metrics.readings.find(({ metric }) => metric === name);
}

function summariseMetric(name: Reading['metric'], samples: readonly SampleWithEvents[], describeSeries: Describe): MetricSummary {
  const readings = samples.flatMap((sample) => readingIn(sample, name) ?? []);
  const given = readings.filter(({ value }) => value !== null);
  // One that has the number says how it was obtained; where none has, the first says why not.
  const [spokesman] = given.length > 0 ? given : readings;
  const { value: _value, ...rest } = spokesman ?? nobody(name);
  const series = { values: given.flatMap(({ value }) => value ?? []), indices: samples.flatMap((sample) => (readingIn(sample, name)?.value == null ? [] : [sample.index])) };
  return {
    ...rest,
    certainty: given.some(({ certainty }) => certainty === 'modelled') ? 'modelled' : rest.certainty,
    resolution: given.reduce<number | null>((coarsest, { resolution }) => (resolution === null ? coarsest : Math.max(coarsest ?? 0, resolution)), null),
    calibration: worstCalibration(given),
    statistics: describeSeries(series, rest.unit),
    unavailable: samples.length - given.length,
  };
}

function nobody(metric: Reading['metric']): Reading {
  return { metric, certainty: 'unavailable', value: null, unit: 'count', instrument: null, technique: '', resolution: null, overhead: null, calibration: 'never', reason: null };
}

/** One number that is out of calibration marks the median of all. */
function worstCalibration(readings: readonly Reading[]): Reading['calibration'] {
  const states = readings.map(({ calibration }) => calibration);
  if (states.includes('out')) return 'out';
  return states.length > 0 && states.every((state) => state === 'in') ? 'in' : 'never';
}

function summariseCalls(samples: readonly SampleWithEvents[], describeSeries: Describe): Pick<EventSummary, 'calls' | 'ranking' | 'roundTrips'> {
  const tables = samples.flatMap(({ metrics, index }) => (metrics.calls === null ? [] : [{ table: metrics.calls, index }]));
  const calls = mergeCallTables(tables.map(({ table }) => table));
  if (calls === null) return { calls: null, ranking: [], roundTrips: null };
  const indices = tables.map(({ index }) => index);
  const ranking = rankCalls(calls).flatMap(({ count: _count, ...call }): CallSummary[] => {
    const count = describeSeries({ values: tables.map(({ table }) => countOf(table, call)), indices }, 'count');
    return count === null ? [] : [{ ...call, count }];
  });
  return { calls, ranking, roundTrips: summariseRoundTrips(tables, describeSeries) };
}

function countOf({ rows }: CallTable, { name, group }: { readonly name: string; readonly group: string }): number {
  return rows.reduce((sum, row) => (row.name === name && row.group === group ? sum + row.count : sum), 0);
}

function summariseRoundTrips(tables: readonly { table: CallTable; index: number }[], describeSeries: Describe): EventSummary['roundTrips'] {
  const some = tables.flatMap(({ table, index }) => (table.roundTrips === null ? [] : [{ trips: table.roundTrips, index }]));
  const count = describeSeries({ values: some.map(({ trips }) => trips.count), indices: some.map(({ index }) => index) }, 'count');
  if (count === null) return null;
  return {
    count,
    latencyNs: joinDistributions(some.map(({ trips }) => trips.latencyNs)),
    latencyInstructions: joinDistributions(some.map(({ trips }) => trips.latencyInstructions)),
  };
}

function notesOf({ index, metrics }: SampleWithEvents): string[] {
  return [
    ...metrics.evidence.flatMap(({ cut }) => (cut === null ? [] : [`sample ${index}: the trace ends early: ${cut}`])),
    ...metrics.failures.map((failure) => `sample ${index}: ${explain(failure).what} (${failure.code}) What was seen until then is kept.`),
  ];
}
