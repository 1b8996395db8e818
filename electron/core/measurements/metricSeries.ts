import type { MetricName, Reading } from '../../contract/metrics.ts';
import type { PhaseTable, Run, Sample, Subject } from '../../contract/measurements.ts';
import type { MetricSeries } from '../statistics/comparisonTable.ts';
import { bootSeries, countedSamples, durationSeries, seenPhases } from './bootSeries.ts';
import { tableOf } from './subjectTable.ts';

/** A subject's boot and phases as series of times, and what instruments read in its boots, warm-ups left out. */
export function metricSeriesOf(run: Run, subject: Subject, samples: readonly Sample[]): MetricSeries[] {
  const counted = countedSamples(samples, subject.key);
  return [...timeSeries(tableOf(run, subject), counted), ...readingSeries(counted)];
}

/** `boot` and each phase that was seen, in ns; a phase is named by the table's name for it. */
function timeSeries(table: PhaseTable, counted: readonly Sample[]): MetricSeries[] {
  const seen = seenPhases(table, counted);
  const resolution = counted.reduce((coarsest, { provenance }) => Math.max(coarsest, provenance.resolutionNs), 0);
  const series = [{ metric: 'boot', values: bootSeries(counted, table).values }, ...seen.map((phase) => ({ metric: phase, values: durationSeries(counted, seen, phase).values }))];
  return series.filter(({ values }) => values.length > 0).map((one): MetricSeries => ({ ...one, kind: 'time', unit: 'ns', resolution, modelled: false }));
}

function readingSeries(counted: readonly Sample[]): MetricSeries[] {
  // The serial port's own time of the boot is there already, from every sample.
  const readings = counted.flatMap(({ metrics }) => metrics?.readings ?? []).filter(({ metric, value }) => metric !== 'bootTime' && value !== null);
  const names = [...new Set(readings.map(({ metric }) => metric))];
  return names.map((name) => seriesOfReadings(name, readings.filter(({ metric }) => metric === name)));
}

function seriesOfReadings(metric: MetricName, readings: readonly Reading[]): MetricSeries {
  const unit = readings[0]?.unit ?? 'count';
  const own = readings.filter((reading) => reading.unit === unit);
  return {
    metric,
    kind: unit === 'ns' || unit === 'perSecond' ? 'time' : 'count',
    unit,
    values: own.flatMap(({ value }) => (value === null ? [] : [value])),
    resolution: own.reduce((coarsest, { resolution }) => Math.max(coarsest, resolution ?? 0), 0),
    modelled: own.some(({ certainty }) => certainty === 'modelled'),
  };
}
