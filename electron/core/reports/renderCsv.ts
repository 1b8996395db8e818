import type { PhaseTable, RunWithSamples, Sample } from '../../contract/measurements.ts';
import { bootOf } from '../measurements/bootSeries.ts';

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
      return rowsOf(sample, run.phaseTable).map((row) => [...head, row.metric, row.value, row.unit, row.certainty, row.instrument, row.technique, row.resolution, row.overhead, row.calibration, row.reason]);
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
    metric, value, unit: 'ns', certainty: value === null ? 'unavailable' : 'measured', instrument, technique, resolution: resolutionNs, overhead: null, calibration: 'never', reason,
  });
  return [
    serial('firstByte', sample.firstByteNs, sample.firstByteNs === null ? 'the guest printed nothing' : null),
    serial('boot', bootOf(sample, table), null),
    ...sample.phases.flatMap((stamp) => [
      stamp.status === 'seen' ? serial(`line:${stamp.name}`, stamp.atNs, null) : serial(`line:${stamp.name}`, null, stamp.status === 'missing' ? 'the phase was not seen' : 'the phase prints nothing'),
      ...(stamp.symbol === undefined ? [] : symbolRows(stamp.name, stamp.symbol)),
    ]),
  ];
}

function symbolRows(phase: string, { symbol, atNs, instructions, instrument }: NonNullable<Sample['phases'][number]['symbol']>): Row[] {
  const rest = { certainty: 'measured', instrument, technique: `first time that ${symbol} was reached`, overhead: null, calibration: 'never', reason: null };
  return [
    { metric: `symbol:${phase}`, value: atNs, unit: 'ns', resolution: null, ...rest },
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
  return rows.flatMap(({ process, group, name, count, latencyNs }) => {
    const metric = `${group}/${name} of ${process}`;
    return [
      { metric: `calls:${metric}`, value: count, unit: 'count', resolution: 1, ...rest },
      ...(latencyNs === null ? [] : (['median', 'p95', 'p99'] as const).map((quantile) => ({ metric: `latency ${quantile}:${metric}`, value: latencyNs[quantile], unit: 'ns', resolution: latencyNs[quantile] * latencyNs.error, ...rest }))),
    ];
  });
}

function ratioRows({ metrics }: Sample): Row[] {
  const model = metrics?.memory?.model;
  if (model == null) return [];
  const ratios: [string, number | null | undefined][] = [...Object.entries(model.hitRatios), ['spatialLocality', model.spatialLocality], ['tlbEffectiveness', model.tlbEffectiveness]];
  return ratios.flatMap(([name, value]) =>
    value == null ? [] : [{ metric: `ratio:${name}`, value, unit: 'ratio', certainty: 'modelled', instrument: null, technique: 'a model of caches and TLBs', resolution: null, overhead: null, calibration: 'never', reason: null }],
  );
}
