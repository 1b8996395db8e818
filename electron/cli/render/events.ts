import type { EventPlan, MeasurementKind, Run } from '../../contract/measurements.ts';
import type { CallTable, Distribution } from '../../contract/metrics.ts';
import type { CallSummary, EventSummary, MemorySummary, MetricSummary, SubjectSummary } from '../../contract/summaries.ts';
import { formatDuration, formatPercent } from '../../core/charts/numbers.ts';
import { callsInAll } from '../../core/measurements/callsInAll.ts';
import { acceleratorWords, processorWords, qemuWords } from '../../core/measurements/knownFacts.ts';
import { metricWords } from '../../core/measurements/metricNames.ts';
import { memoryRatioTitles } from '../../core/memory/ratioTitles.ts';
import type { Paint } from '../run/terminal.ts';
import { intervalText, numberText, valueText, withInterval } from './numbers.ts';
import { printable } from '../run/failures.ts';
import { renderTable, type Column } from './table.ts';

/** What a summary of events is of. */
export interface MeasuredEvents {
  readonly run: Pick<Run, 'imported' | 'id' | 'kind' | 'plan' | 'host' | 'subjects'>;
  readonly subject: SubjectSummary;
}

const LONGEST_RANKING = 25;

/** One subject's events as a person would paste them into a lab report. */
export function renderEvents({ run, subject }: MeasuredEvents, style: Paint): string {
  const { events } = subject;
  if (events === null) return `${style('bold', subject.label)}: no instrument saw any events`;
  const sections = [
    headOf({ run, subject }, events, style),
    ...sectionsOfKind[run.kind].map((section) => section(events, style)),
    notesOf(events),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

type Section = (events: EventSummary, style: Paint) => string;

const sectionsOfKind: Readonly<Record<MeasurementKind, readonly Section[]>> = {
  boot: [readingsSection, rankingSection],
  syscalls: [rankingSection, readingsSection],
  memory: [readingsSection, memorySection],
  ipc: [roundTripSection, rankingSection, readingsSection],
};

function headOf({ run, subject }: MeasuredEvents, { window, logicalTime, samples }: EventSummary, style: Paint): string {
  const { plan: { events: plan }, subjects } = run;
  const machine = subjects.find(({ key }) => key === subject.key);
  const span = window.count === 1 ? formatDuration(window.median) : `median ${withInterval(formatDuration(window.median), window)}`;
  return [
    `${style('bold', subject.label)}  ${run.id}, ${samples.length} ${samples.length === 1 ? 'sample' : 'samples'}`,
    `  window      ${span}, ${windowWords(plan)}${logicalTime ? '; logical time: instructions are the clock' : ''}`,
    ...(plan === null ? [] : [`  instrument  ${plan.instrument}`]),
    ...(machine === undefined ? [] : [`  machine     QEMU ${qemuWords(run, machine)}, ${acceleratorWords(run, machine)}, on ${processorWords(run)}`]),
  ].join('\n');
}

function windowWords(plan: EventPlan | null): string {
  if (plan === null || plan.window.from === 'spawn') return 'from the first instruction to the last phase';
  return plan.load === null ? 'after the boot, nothing typed' : `while the guest did "${printable(plan.load)}"`;
}

/** How far a number can be relied on. */
function marksOf({ certainty, calibration }: MetricSummary): string {
  return certainty === 'unavailable' ? 'unavailable' : `${certainty}, ${calibrationWords[calibration]}`;
}

const calibrationWords = { in: 'calibrated', out: 'OUT OF CALIBRATION', never: 'not calibrated' } as const;

function readingRow(metric: MetricSummary): string[] {
  const { statistics, unit, resolution, overhead } = metric;
  const { title } = metricWords[metric.metric];
  if (statistics === null) return [title, '–', '', '', '', ''];
  return [title, valueText(statistics.median, unit), intervalText(statistics), stepText(resolution, unit), overhead === null ? 'not measured' : `×${overhead.toFixed(2)}`, metric.technique];
}

const readingColumns: readonly Column[] = [{ title: 'reading' }, { title: 'median', align: 'right' }, { title: '95 % interval', align: 'right' }, { title: 'step', align: 'right' }, { title: 'costs', align: 'right' }, { title: 'obtained by' }];

/** The smallest difference that means something; of a time to the nanosecond. */
function stepText(resolution: number | null, unit: MetricSummary['unit']): string {
  if (resolution === null) return '?';
  return unit === 'ns' ? formatDuration(resolution, 1) : valueText(resolution, unit);
}

/** Readings by their certainty; what nobody could give with the reason. */
function readingsSection({ metrics }: EventSummary, style: Paint): string {
  const groups = Map.groupBy(metrics.filter(({ statistics }) => statistics !== null), marksOf);
  const tables = [...groups].map(([marks, same]) => [style('bold', marksTitle(marks)), renderTable(readingColumns, same.map(readingRow))].join('\n'));
  const missing = Map.groupBy(metrics.filter(({ statistics }) => statistics === null), ({ reason }) => reason ?? '');
  const reasons = [...missing].map(([reason, same]) => `  ${same.map(({ metric }) => metricWords[metric].title).join(', ')}: ${reason}`);
  return [...tables, ...(reasons.length === 0 ? [] : [[style('bold', 'Unavailable'), ...reasons].join('\n')])].join('\n\n');
}

function marksTitle(marks: string): string {
  return `${marks.charAt(0).toUpperCase()}${marks.slice(1)}`;
}

const rankingColumns: readonly Column[] = [
  { title: '#', align: 'right' }, { title: 'call' }, { title: 'to' }, { title: 'count', align: 'right' }, { title: 'share', align: 'right' }, { title: 'errors', align: 'right' },
  { title: 'median ns', align: 'right' }, { title: 'p95 ns', align: 'right' }, { title: 'p99 ns', align: 'right' }, { title: 'instructions', align: 'right' },
];

function callRow({ rank, name, group, count, share, errors, latencyNs, latencyInstructions }: CallSummary): string[] {
  return [
    String(rank), printable(name), group,
    count.count === 1 || count.min === count.max ? numberText(count.median) : withInterval(numberText(count.median), count),
    formatPercent(share), errors === null ? '?' : numberText(errors),
    ...percentilesOf(latencyNs),
    latencyInstructions === null ? '–' : numberText(latencyInstructions.median),
  ];
}

function percentilesOf(latency: Distribution | null): string[] {
  return latency === null ? ['–', '–', '–'] : [latency.median, latency.p95, latency.p99].map(numberText);
}

function rankingSection(events: EventSummary, style: Paint): string {
  const { calls, ranking } = events;
  if (calls === null) return '';
  const shown = ranking.slice(0, LONGEST_RANKING);
  const rest = ranking.slice(LONGEST_RANKING);
  return [
    `${style('bold', 'System calls')}: ${totalWords(calls, events)}`,
    renderTable(rankingColumns, shown.map(callRow)),
    ...(rest.length === 0 ? [] : [`  … and ${rest.length} more with ${numberText(rest.reduce((sum, { count }) => sum + count.median, 0))} calls`]),
    `  names: ${calls.decoder}, ${calls.verified === null ? 'NOT VERIFIED on a real boot of this system' : `verified: ${verifiedWords(calls.verified)}`}`,
  ].join('\n');
}

/** Of one sample as it was. Of several the median of a sample's total, as in the table; an entry is known as its sum alone, so its part is given. */
function totalWords({ total, entries }: CallTable, events: EventSummary): string {
  const { metrics, samples: { length: samples } } = events;
  const counted = callsInAll(events);
  const upToCut = counted === null ? '' : ` up to where a trace was cut, of ${numberText(counted)}`;
  if (samples === 1) return `${numberText(total)}${upToCut} in all; by ${entries.map(({ entry, count }) => `${entry} ${numberText(count)}`).join(', ')}`;
  const perSample = metrics.find(({ metric }) => metric === 'systemCalls')?.statistics ?? null;
  const parts = entries.map(({ entry, count }) => `${entry} ${formatPercent(total === 0 ? 0 : count / total)}`).join(', ');
  const all = `${numberText(total)}${upToCut} in all ${samples} together`;
  return perSample === null ? `${all}; by ${parts}; counts below are medians of a sample` : `${numberText(perSample.median)} in a sample (median of ${perSample.count}; ${all}); by ${parts}; counts below are medians of a sample`;
}

/** How and when, without the whole of the kernel's digest. */
function verifiedWords(verified: string): string {
  return verified.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/g, '$1…');
}

function roundTripSection({ roundTrips, calls, metrics }: EventSummary, style: Paint): string {
  if (roundTrips === null) return `${style('bold', 'IPC round trips')}: ${calls === null ? withoutTable(metrics) : 'this system has no calls that are messages'}`;
  const { count, latencyNs, latencyInstructions } = roundTrips;
  const rows = [
    ...(latencyNs === null ? [] : [distributionRow('ns', latencyNs)]),
    ...(latencyInstructions === null ? [] : [distributionRow('instructions', latencyInstructions)]),
  ];
  const columns: Column[] = ['of a round trip, in', 'min', 'median', 'p95', 'p99', 'max', 'mean'].map((title, at) => ({ title, align: at === 0 ? 'left' : 'right' }));
  return [`${style('bold', 'IPC round trips')}: ${withInterval(numberText(count.median), count)}`, ...(rows.length === 0 ? [] : [renderTable(columns, rows)])].join('\n');
}

/** Some instruments count calls and do not see them return, so that no answer belongs to a message. */
function withoutTable(metrics: readonly MetricSummary[]): string {
  const reason = metrics.find(({ metric, statistics }) => metric === 'ipcRoundTrips' && statistics === null)?.reason ?? null;
  if (reason !== null) return reason;
  const counted = metrics.find(({ metric, statistics }) => metric === 'systemCalls' && statistics !== null && statistics.median > 0);
  return counted === undefined ? 'no calls were seen' : `${counted.instrument ?? 'the instrument'} counts calls and does not pair them with their returns`;
}

function distributionRow(unit: string, { min, median, p95, p99, max, mean }: Distribution): string[] {
  return [unit, ...[min, median, p95, p99, max, mean].map(numberText)];
}

function memorySection({ memory }: EventSummary, style: Paint): string {
  if (memory === null) return '';
  return [ratiosOf(memory, style), ...severityOf(memory), recommendationsOf(memory, style)].filter((part) => part !== '').join('\n\n');
}

function ratiosOf({ ratios, accessPattern }: MemorySummary, style: Paint): string {
  if (ratios.length === 0) return '';
  const columns: readonly Column[] = [{ title: 'ratio' }, { title: 'median', align: 'right' }, { title: '95 % interval', align: 'right' }];
  const rows = ratios.map(({ name, statistics }) => [memoryRatioTitles[name], formatPercent(statistics.median), intervalText(statistics)]);
  return [style('bold', 'Modelled ratios'), renderTable(columns, rows), ...(accessPattern === null ? [] : [`  access pattern: ${accessPattern}`])].join('\n');
}

function severityOf({ severity, faultLatencyNs }: MemorySummary): string[] {
  if (severity === null) return [];
  const latency = faultLatencyNs === null ? '' : ` A fault takes ${numberText(faultLatencyNs.median)} ns (median), ${numberText(faultLatencyNs.p99)} ns (p99).`;
  return [`Page faults: ${severity.level}. ${severity.why}${latency}`];
}

function recommendationsOf({ recommendations }: MemorySummary, style: Paint): string {
  if (recommendations.length === 0) return '';
  return [
    style('bold', 'Recommendations'),
    ...recommendations.flatMap(({ rule, text, because, samples }) => [`  · ${text} (${rule}; samples ${samples.join(', ')})`, ...because.map((reason) => `      because ${reason}`)]),
  ].join('\n');
}

function notesOf({ notes }: EventSummary): string {
  return notes.map((note) => `note: ${note}`).join('\n');
}
