import { DeclaredError } from '../../contract/errors.ts';
import type { MetricName } from '../../contract/metrics.ts';
import type { MeasurementKind, Run, RunWithSamples, Sample } from '../../contract/measurements.ts';
import type { EventSummary, MetricSummary, SubjectSummary } from '../../contract/summaries.ts';
import { formatAmount, formatDuration, formatShare } from '../charts/numbers.ts';
import { countedSamples } from '../measurements/bootSeries.ts';
import { compareMany } from '../measurements/compareMany.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { memoryRatioTitles } from '../memory/ratioTitles.ts';
import { verdictWord, type ComparisonTable } from '../statistics/comparisonTable.ts';
import { intervalWords, medianOf } from './medianWords.ts';
import { differenceFinding } from './differenceFinding.ts';

/** What a measurement of a kind was made for. A boot is here only in logical time, where its instructions stand for its time. */
const asked: Readonly<Record<MeasurementKind, MetricName>> = { boot: 'instructions', syscalls: 'systemCalls', memory: 'pageFaults', ipc: 'ipcRoundTrips' };

/** The metric that a measurement of a kind was made for. */
export function askedMetric(kind: MeasurementKind): MetricName {
  return asked[kind];
}

/** True where the time of the boot is the answer: not in measurements of something else, and not where instructions are the clock. */
export function asksForBootTime({ kind, plan }: Run): boolean {
  return kind === 'boot' && plan.events?.logicalTime !== true;
}

/** What a measurement of calls, memory or messages found in one subject; no time of a boot. */
export function kindFindings(run: Run, { label, boot, events }: SubjectSummary): string[] {
  if (events === null) return [`“${label}”: no instrument saw any events.`];
  return [
    ...countSentences(label, events, asked[run.kind]),
    ...(run.kind === 'syscalls' ? rankingSentence(events) : []),
    ...(run.kind === 'memory' ? memorySentences(events) : []),
    ...(run.kind === 'ipc' ? [...roundTripSentence(events), ...countSentences(label, events, 'systemCalls')] : []),
    ...(run.kind === 'boot' && boot !== null ? [`Its boot took ${formatDuration(boot.median)} of this host’s time, with every instruction counted.`] : []),
  ];
}

/** Said once of a run in which instructions were the clock. */
export function logicalTimeFinding({ plan }: Run): string[] {
  return plan.events?.logicalTime === true ? ['Instructions were the guest’s clock (logical time): how long that took the host is no time of a machine, and instructions are compared.'] : [];
}

function countSentences(label: string, { metrics }: EventSummary, name: MetricName): string[] {
  const metric = metrics.find((one) => one.metric === name);
  const { title } = metricWords[name];
  if (metric === undefined) return [`“${label}”: ${title} were not asked for.`];
  if (metric.statistics === null) return [`“${label}”: ${title} are unavailable${metric.reason === null ? '' : `, because ${metric.reason.replace(/\.$/, '')}`}.`];
  const { median, count, unit, min, max } = metric.statistics;
  const range = intervalWords(metric.statistics, 'sample', (low, high) => `[${formatAmount(low, unit)}, ${formatAmount(high, unit)}]`);
  const of = count > 1 && min === max ? `the same in all ${count} samples` : `${medianOf(count, 'sample')}${range}`;
  return [`“${label}”, ${title} in the window: ${formatAmount(median, unit)} (${of}; ${standing(metric)}).`];
}

function standing({ certainty, calibration }: MetricSummary): string {
  return `${certainty}${calibration === 'out' ? ', OUT OF CALIBRATION' : ''}`;
}

function rankingSentence({ ranking: [first] }: EventSummary): string[] {
  if (first === undefined) return [];
  const latency = first.latencyNs === null ? '' : `; half of them take at most ${formatAmount(first.latencyNs.median, 'ns')}`;
  return [`The most frequent call is ${first.group === '' ? first.name : `${first.name} (${first.group})`} with ${formatShare(first.share)} of all${latency}.`];
}

function memorySentences({ memory }: EventSummary): string[] {
  if (memory === null) return [];
  const { severity, ratios } = memory;
  return [
    ...(severity === null ? [] : [`Severity of page faults: ${severity.level}. ${severity.why}`]),
    ...(ratios.length === 0 ? [] : [`Modelled ratios${ratios.every(({ statistics }) => statistics.count === 1) ? '' : ' (medians)'}: ${ratios.map(({ name, statistics }) => `${memoryRatioTitles[name]} ${formatShare(statistics.median)}`).join(', ')}.`]),
  ];
}

function roundTripSentence({ roundTrips }: EventSummary): string[] {
  if (roundTrips === null || roundTrips.latencyNs === null) return [];
  const { median, p99 } = roundTrips.latencyNs;
  return [`Half of the round trips take at most ${formatAmount(median, 'ns')}, 99 of 100 at most ${formatAmount(p99, 'ns')}.`];
}

/** Every subject against the first, by what the kind asks for and by instructions. */
export function kindComparisons(run: Run, samples: readonly Sample[]): string[] {
  const subjects = run.subjects.filter(({ key }) => countedSamples(samples, key).some(({ metrics }) => metrics?.readings.some(({ value }) => value !== null)));
  if (subjects.length < 2) return [];
  const { baseline, rows } = compared({ run: { ...run, subjects }, samples: [...samples] });
  const names = [...new Set<MetricName>([asked[run.kind], 'instructions'])];
  return rows.flatMap(({ label, control, cells }) =>
    names.flatMap((name) => {
      const cell = cells.find(({ metric }) => metric === name);
      if (cell === undefined) return [];
      const { verdict: { name: verdict, reason }, effect: { ratio, interval }, unit } = cell;
      return [differenceFinding({ label, control, baseline: baseline.label, metric: metricWords[name].title, word: verdictWord(verdict, unit), reason, ratio, interval })];
    }),
  );
}

/** Nothing where the subjects have no metric in common. */
function compared(whole: RunWithSamples): Pick<ComparisonTable, 'rows'> & { readonly baseline: { readonly label: string } } {
  try {
    return compareMany([whole]);
  } catch (error) {
    if (error instanceof DeclaredError && error.code === 'RUNS_NOT_COMPARABLE') return { baseline: { label: '' }, rows: [] };
    throw error;
  }
}
