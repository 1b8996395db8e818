import { REPORT_SCHEMA_VERSION, type ComparedMetric, type ComparisonReport } from '../../contract/reports.ts';
import { metricName } from '../../contract/metrics.ts';
import type { PhaseTable, RunWithSamples } from '../../contract/measurements.ts';
import { metricTitle } from '../charts/phaseIntervals.ts';
import { compareMany, type ManyOptions } from '../measurements/compareMany.ts';
import { aloneSentences } from '../measurements/comparisonWords.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { tablesOf } from '../measurements/subjectTable.ts';
import { verdictWord, type ComparisonCell, type ComparisonRow, type ComparisonTable } from '../statistics/comparisonTable.ts';
import { differenceFinding } from './differenceFinding.ts';

/** Several runs side by side: every subject against the first subject of the first run. Throws what `compareMany` throws. */
export function buildComparison(runs: readonly RunWithSamples[], version: string, options: ManyOptions = {}): ComparisonReport {
  const table = compareMany(runs, options);
  const tables = runs.flatMap(({ run }) => tablesOf(run));
  const ids = runs.map(({ run: { id } }) => id);
  const rows = table.rows.map((row) => rowOf(row, tables));
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    kind: 'comparison',
    id: ids.length <= 2 ? ids.join('-and-') : `${ids[0] ?? ''}-and-${ids.length - 1}-others`,
    createdAt: runs.map(({ run: { endedAt, createdAt } }) => endedAt ?? createdAt).toSorted().at(-1) ?? '',
    generator: { name: 'Petri', version },
    title: `Comparison with ${table.baseline.label}`,
    findings: [...rows.map((row) => findingOf(row, table)), ...table.rows.flatMap((row) => aloneSentences(row, table.baseline.label, (metric) => comparedTitle(metric, tables))), ...noiseFinding(table, runs)],
    baseline: { key: table.baseline.key, label: table.baseline.label },
    rows,
    runs: runs.map(({ run }) => run),
    limits: [
      'Each subject is compared with the baseline, in every metric that both have. One metric decides, the gate: instructions where both have counted them, else the time of the boot; the others explain.',
      'p-values are corrected by Holm’s method, those of all gates together and those of all other metrics together. The same means that the whole interval of the ratio is near 1; INDETERMINATE means that these values can say neither.',
      'Where host, accelerator, QEMU, system, window, work or the way of measuring differ there are ratios and no verdicts, with the reason. Modelled numbers never decide.',
      'Intervals are 95 % intervals by the percentile bootstrap; with few boots they are approximate.',
    ],
    command: `petri report --compare ${ids.join(' ')}`,
  };
}

/** What a metric is called, by whichever run has it. */
export function comparedTitle(metric: string, tables: readonly PhaseTable[]): string {
  const known = metricName.safeParse(metric);
  if (known.success) return metricWords[known.data].title;
  return tables.map((table) => metricTitle(metric, table)).find((title) => title !== metric) ?? metric;
}

function rowOf({ key, label, control, cells, verdict }: ComparisonRow, tables: readonly PhaseTable[]): ComparisonReport['rows'][number] {
  const gate = cells.find(({ role }) => role === 'gate');
  return {
    key,
    label,
    control,
    verdict: verdict === null ? null : { metric: comparedTitle(verdict.metric, tables), word: verdictWord(verdict.name, gate?.unit ?? ''), reason: verdict.reason },
    cells: cells.map((cell) => cellOf(cell, tables)),
  };
}

function cellOf({ metric, unit, modelled, role, effect, corrected, verdict }: ComparisonCell, tables: readonly PhaseTable[]): ComparedMetric {
  const { medianA, medianB, countA, countB, ratio, interval, pValue, delta } = effect;
  return {
    metric, title: comparedTitle(metric, tables), unit, modelled, role, medianA, medianB, countA, countB, ratio,
    interval: interval === null ? null : { level: interval.level, low: interval.low, high: interval.high, resamples: interval.resamples },
    pValue, corrected,
    cliffsDelta: delta?.delta ?? null,
    verdict: verdictWord(verdict.name, unit),
    reason: verdict.reason,
  };
}

function findingOf({ label, control, verdict, cells }: ComparisonReport['rows'][number], { baseline }: ComparisonTable): string {
  const gate = cells.find(({ role }) => role === 'gate');
  if (verdict === null || gate === undefined) return `“${label}” and “${baseline.label}” have no metric in common.`;
  return differenceFinding({ label, control, baseline: baseline.label, metric: verdict.metric, word: verdict.word, reason: verdict.reason, ratio: gate.ratio, interval: gate.interval });
}

/** Whether it is known how much two equal things differ here. A control of another run than the baseline's tells it of that run alone. */
function noiseFinding({ baseline, rows }: ComparisonTable, runs: readonly RunWithSamples[]): string[] {
  if (rows.some(({ control }) => control)) return [];
  const controls = new Set(runs.flatMap(({ run }) => run.subjects.filter(({ control }) => control).map(({ key }) => `${run.id}/${key}`)));
  const elsewhere = rows.filter(({ key }) => controls.has(key)).map(({ label }) => `“${label}”`);
  if (elsewhere.length === 0) return ['There was no A/A control, so how much two equal things differ here is not known.'];
  return [`${elsewhere.join(', ')}: ${elsewhere.length === 1 ? 'an A/A control, but' : 'A/A controls, but'} of another subject than the baseline “${baseline.label}”. How much two equal things differ in the baseline’s run is not known.`];
}
