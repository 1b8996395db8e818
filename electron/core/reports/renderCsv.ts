import type { Distribution } from '../../contract/metrics.ts';
import type { PhaseTable, RunWithSamples, Sample } from '../../contract/measurements.ts';
import { bootOf } from '../measurements/bootSeries.ts';
import { isKnown } from '../measurements/knownFacts.ts';
import { tableOfKey } from '../measurements/subjectTable.ts';
import { symbolOrigin } from './symbolOrigin.ts';

/** The columns, in order; a row for each number of each sample. */
const COLUMNS = ['run', 'subject', 'label', 'sample', 'warmUp', 'outcome', 'startedAt', 'metric', 'value', 'unit', 'certainty', 'instrument', 'technique', 'resolution', 'overhead', 'calibration', 'reason'] as const;

interface Row {
  readonly metric: string;
  readonly value: number | null;
  readonly unit: string;
  readonly certainty: string;
  readonly instrument: string | null;
  readonly technique: string;
  readonly resolution: number | null;
  readonly overhead: number | null;
  readonly calibration: string;
  readonly reason: string | null;
}

/**
 * The samples as RFC 4180 has it: lines end in CR LF, a field with a comma, a quote or a line end is quoted. A text that a
 * spreadsheet would take for a formula begins with an apostrophe. An unavailable number is an empty field, and `reason` says why.
 */
export function renderCsv(reports: readonly RunWithSamples[]): string {
  const rows = reports.flatMap(({ run, samples }) =>
    samples.flatMap((sample) => {
      const label = run.subjects.find(({ key }) => key === sample.subject)?.label ?? '';
      const head = [run.id, sample.subject, label, sample.index, sample.warmUp, sample.outcome, sample.startedAt];
      // Files of another program do not say which instrument it was.
      const by = (instrument: string | null): string | null => (isKnown(run, 'machine') ? instrument : null);
      return rowsOf(sample, tableOfKey(run, sample.subject)).map((row) => [...head, row.metric, row.value, row.unit, row.certainty, by(row.instrument), row.technique, row.resolution, row.overhead, row.calibration, row.reason]);
    }),
  );
  return [COLUMNS, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

/** One field; numbers are written as they are. */
export function csvField(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function rowsOf(sample: Sample, table: PhaseTable): Row[] {
  return [...stampRows(sample, table), ...(sample.metrics?.readings ?? []).map((reading): Row => reading), ...callRows(sample), ...ratioRows(sample)];
}

function stampRows(sample: Sample, table: PhaseTable): Row[] {
  const { instrument, technique, resolutionNs } = sample.provenance;
  const serial = (metric: string, value: number | null, reason: string | null): Row => ({
    metric, value, unit: 'ns', certainty: value === null ? 'unavailable' : 'measured', instrument, technique, resolution: resolutionNs, overhead: null, calibration: sample.timing?.lines.calibration ?? 'never', reason,
  });
  return [
    serial('firstByte', sample.firstByteNs, sample.firstByteNs === null ? (sample.argv.length === 0 ? 'it was not recorded' : 'the guest printed nothing') : null),
    serial('boot', bootOf(sample, table), null),
    ...sample.phases.flatMap((stamp) => [
      stamp.status === 'seen' ? serial(`line:${stamp.name}`, stamp.atNs, null) : serial(`line:${stamp.name}`, null, stamp.status === 'missing' ? 'the phase was not seen' : 'the phase prints nothing'),
      ...(stamp.symbol === undefined ? [] : symbolRows(sample, stamp.name, stamp.symbol)),
    ]),
  ];
}

function symbolRows(sample: Sample, phase: string, { symbol, atNs, instructions, instrument }: NonNullable<Sample['phases'][number]['symbol']>): Row[] {
  const origin = symbolOrigin(sample);
  const rest = { certainty: 'measured', instrument, technique: `first time that ${symbol} was reached, ${origin?.technique ?? ''}`, overhead: null, calibration: origin?.calibration ?? 'never', reason: null };
  return [
    { metric: `symbol:${phase}`, value: atNs, unit: 'ns', resolution: origin?.resolutionNs ?? null, ...rest },
    ...(instructions === null ? [] : [{ metric: `symbol:${phase}`, value: instructions, unit: 'instructions', resolution: 1, ...rest }]),
  ];
}

function callRows({ metrics }: Sample): Row[] {
  if (metrics?.calls == null) return [];
  const { rows, decoder } = metrics.calls;
  const source = metrics.readings.find(({ metric }) => metric === 'systemCalls');
  const rest = {
    certainty: 'measured', instrument: source?.instrument ?? null, technique: `${source?.technique ?? ''}; names by ${decoder}`, overhead: source?.overhead ?? null, calibration: source?.calibration ?? 'never', reason: null,
  };
  const { roundTrips } = metrics.calls;
  const named = (metric: string, ns: Distribution | null, instructions: Distribution | null): Row[] => [...latencyRows(metric, ns, 'ns', rest), ...latencyRows(metric, instructions, 'instructions', rest)];
  const calls = rows.flatMap(({ process, group, name, count, latencyNs, latencyInstructions }) => {
    const metric = `${group}/${name} of ${process}`;
    return [{ metric: `calls:${metric}`, value: count, unit: 'count', resolution: 1, ...rest }, ...named(metric, latencyNs, latencyInstructions)];
  });
  return [...calls, ...(roundTrips === null ? [] : named('round trip', roundTrips.latencyNs, roundTrips.latencyInstructions))];
}

/** Least, greatest and mean are exact to the clock; a percentile to the step of its histogram. */
function latencyRows(metric: string, distribution: Distribution | null, unit: 'ns' | 'instructions', rest: Omit<Row, 'metric' | 'value' | 'unit' | 'resolution'>): Row[] {
  if (distribution === null) return [];
  const row = (name: string, value: number, resolution: number): Row => ({ metric: `latency ${name}:${metric}`, value, unit, resolution, ...rest });
  const { min, max, mean, error } = distribution;
  return [row('minimum', min, 1), row('maximum', max, 1), row('mean', mean, 1), ...(['median', 'p95', 'p99'] as const).map((quantile) => row(quantile, distribution[quantile], distribution[quantile] * error))];
}

function ratioRows({ metrics }: Sample): Row[] {
  const model = metrics?.memory?.model;
  if (model == null) return [];
  const ratios: [string, number | null | undefined][] = [...Object.entries(model.hitRatios), ['spatialLocality', model.spatialLocality], ['tlbEffectiveness', model.tlbEffectiveness]];
  return ratios.flatMap(([name, value]) =>
    value == null ? [] : [{ metric: `ratio:${name}`, value, unit: 'ratio', certainty: 'modelled', instrument: null, technique: 'a model of caches and TLBs', resolution: null, overhead: null, calibration: 'never', reason: null }],
  );
}
