import type { Sample } from '../../contract/measurements.ts';
import type { ProgramTrace, TraceComparison, TraceWithSamples } from '../../contract/programs.ts';
import type { EventSummary } from '../../contract/summaries.ts';
import { formatAmount, formatCount, formatDuration, formatPercent, formatRatio } from '../charts/numbers.ts';
import { overheadText } from '../instruments/overheadText.ts';
import { intervalOf, type PlainTable } from '../reports/eventTables.ts';
import { plainText, plainTexts } from '../reports/plainText.ts';
import { csvField } from '../reports/renderCsv.ts';
import { padTable, type Pen } from '../reports/textLayout.ts';
import { endedWell, exitWords } from './exitWords.ts';
import { targetWords, traceCommand } from './targetWords.ts';
import { summariseTrace, withOverhead } from './tracedSample.ts';

const LONGEST_RANKING = 25;
const NONE = '–';

/** What programs asked of their kernel, as one would paste it into a lab report; the same in a terminal and in a file. */
export function renderTraceText(source: TraceWithSamples, pen: Pen): string {
  const { trace, samples } = plainTexts(source);
  const summary = summariseTrace(trace, samples);
  const sections = [headOf(trace, summary, pen), ...(summary === null ? ['no window has ended'] : [rankingOf(summary, pen), processesOf(summary)]), ...notesOf(trace, samples), `again: ${plainText(traceCommand(trace))}`];
  return sections.filter((section) => section !== '').join('\n\n');
}

function headOf(trace: ProgramTrace, summary: EventSummary | null, pen: Pen): string {
  const total = summary?.metrics.find(({ metric }) => metric === 'systemCalls')?.statistics ?? null;
  const several = summary !== null && summary.samples.length > 1;
  const window = summary === null ? '' : ` in ${formatDuration(summary.window.median)}${several ? ` (medians of ${summary.samples.length} runs; calls ${total === null ? '' : intervalOf(total)}, time ${intervalOf(summary.window)})` : ''}`;
  const { provenance, host } = trace;
  return [
    `${pen.strong(targetWords(trace.target))}  ${formatCount(total?.median ?? 0)} system ${total?.median === 1 ? 'call' : 'calls'}${window}`,
    ...(trace.saved ? [`  trace       ${trace.id}, ${trace.state}`] : []),
    ...endOf(trace, pen),
    `  instrument  ${provenance.technique}; times have steps of ${formatCount(provenance.resolutionNs)} ns`,
    `  costs       ${trace.costs}`,
    `  measured    ${trace.overhead === null ? trace.overheadSays : overheadText(trace.overhead, 'runs')}`,
    `  machine     ${host.cpuModel}, ${host.kernel}`,
  ].join('\n');
}

/** A command that failed did not do what it is measured for: that is not said quietly. */
function endOf({ exits }: ProgramTrace, pen: Pen): string[] {
  const words = exitWords(exits);
  if (words === null) return [];
  return [`  ended       ${endedWell(exits) ? words : pen.strong(`${words}: the command failed`)}`];
}

function rankingOf({ ranking, samples }: EventSummary, pen: Pen): string {
  const several = samples.length > 1;
  const ns = (value: number | undefined): string => (value === undefined ? NONE : formatCount(Math.round(value)));
  const table: PlainTable = {
    head: ['#', 'call', 'count', ...(several ? ['95 % interval'] : []), 'share', 'errors', 'min ns', 'median ns', 'p95 ns', 'p99 ns', 'max ns'],
    sides: `rlr${several ? 'r' : ''}rrrrrrr`,
    rows: ranking.slice(0, LONGEST_RANKING).map(({ rank, name, count, share, errors, latencyNs }) => [
      String(rank), name, formatCount(count.median), ...(several ? [intervalOf(count)] : []), formatPercent(share), errors === null ? '?' : formatCount(errors / samples.length),
      ...[latencyNs?.min, latencyNs?.median, latencyNs?.p95, latencyNs?.p99, latencyNs?.max].map(ns),
    ]),
  };
  const rest = ranking.slice(LONGEST_RANKING);
  return [...tableLines(table, pen), ...(rest.length === 0 ? [] : [`  … and ${rest.length} more with ${formatCount(rest.reduce((sum, { count }) => sum + count.median, 0))} calls`])].join('\n');
}

function tableLines({ head, sides, rows }: PlainTable, pen: Pen): string[] {
  const [first = '', ...others] = padTable([head, ...rows], sides);
  return [pen.quiet(`  ${first.trimEnd()}`), ...others.map((line) => `  ${line.trimEnd()}`)];
}

const MOST_PROCESSES = 12;

/** In several runs of a command it has another number in each: then by name, for all runs together. */
function processesOf({ calls, samples }: EventSummary): string {
  if (calls === null) return '';
  const several = samples.length > 1;
  const counts = Map.groupBy(calls.rows, ({ process }) => (several ? process.replace(/ \(\d+\)$/, '') : process));
  const all = [...counts].map(([process, same]) => [process, same.reduce((sum, { count }) => sum + count, 0)] as const).toSorted(([, one], [, other]) => other - one);
  const shown = all.slice(0, MOST_PROCESSES).map(([process, count]) => `${process} ${formatCount(count)}`);
  return `by process${several ? ', in all runs' : ''}: ${[...shown, ...(all.length > MOST_PROCESSES ? [`and ${all.length - MOST_PROCESSES} more`] : [])].join(', ') || 'none made a call'}`;
}

/** What was not seen, in sentences. */
function notesOf({ left }: ProgramTrace, samples: readonly Sample[]): string[] {
  const cuts = samples.flatMap(({ index, metrics }) => (metrics?.evidence ?? []).flatMap(({ cut }) => (cut === null ? [] : [`note: not all was seen in run ${index}: ${cut}`])));
  return [...cuts, ...(left.undecoded + left.returnsWithoutCall === 0 ? [] : [`note: ${left.undecoded} calls are in no table, ${left.returnsWithoutCall} returned that had begun before`])];
}

const COLUMNS = ['trace', 'target', 'sample', 'outcome', 'startedAt', 'durationNs', 'process', 'call', 'count', 'errors', 'unreturned', 'minNs', 'medianNs', 'p95Ns', 'p99Ns', 'maxNs', 'instrument', 'technique', 'resolutionNs', 'overhead', 'evidence'] as const;

/** A row for each call of each process of each sample, as RFC 4180 has it. */
export function renderTraceCsv({ trace, samples }: TraceWithSamples): string {
  const rows = withOverhead(samples, trace.overhead).flatMap(({ index, outcome, startedAt, provenance, metrics }) =>
    (metrics?.calls?.rows ?? []).map(({ process, name, count, errors, unreturned, latencyNs }) => [
      trace.id, targetWords(trace.target), index, outcome, startedAt, metrics?.window.toNs ?? null, process, name, count, errors, unreturned,
      latencyNs?.min ?? null, latencyNs?.median ?? null, latencyNs?.p95 ?? null, latencyNs?.p99 ?? null, latencyNs?.max ?? null,
      provenance.instrument, provenance.technique, provenance.resolutionNs, trace.overhead?.ratio ?? null, metrics?.evidence[0]?.digest ?? null,
    ]),
  );
  return [COLUMNS, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

/** Two traces call by call: B over A. */
export function renderTraceComparison(source: TraceComparison, pen: Pen): string {
  const { a, b, obstacle, total, calls } = plainTexts(source);
  const number = (value: number | null): string => (value === null ? NONE : formatCount(Math.round(value)));
  const over = ({ ratio, interval }: TraceComparison['total']): string => (ratio === null ? NONE : `${formatRatio(ratio)}${interval === null ? '' : ` [${formatRatio(interval.low)}, ${formatRatio(interval.high)}]`}`);
  const time = (value: number | null): string => (value === null ? NONE : formatAmount(value, 'ns'));
  const table: PlainTable = {
    head: ['call', 'A', 'B', 'B/A', 'A median', 'B median', 'B/A'],
    sides: 'lrrrrrr',
    rows: [['all', number(total.a), number(total.b), over(total), '', '', ''], ...calls.slice(0, LONGEST_RANKING).map(({ name, count, latencyNs }) => [name, number(count.a), number(count.b), over(count), time(latencyNs.a), time(latencyNs.b), over(latencyNs)])],
  };
  return [
    [`A  ${pen.strong(a.name)}  ${a.id}`, `B  ${pen.strong(b.name)}  ${b.id}`].join('\n'),
    tableLines(table, pen).join('\n'),
    ...(calls.length > LONGEST_RANKING ? [`  … and ${calls.length - LONGEST_RANKING} more`] : []),
    ...(obstacle === null ? [] : [`note: the times may not be compared. ${obstacle}`]),
  ].join('\n\n');
}
