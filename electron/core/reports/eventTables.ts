import type { Distribution } from '../../contract/metrics.ts';
import type { CallSummary, EventSummary, MetricSummary, Statistics } from '../../contract/summaries.ts';
import { formatAmount, formatCount, formatShare, type AmountUnit } from '../charts/numbers.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { modelText } from '../memory/memoryModelText.ts';
import { memoryRatioTitles } from '../memory/ratioTitles.ts';
import { intervalHead, medianHead } from './medianWords.ts';
import { calibrationMark, certaintyText, overheadRatioText, resolutionText } from './originWords.ts';

/** A table as every rendering shows it: a letter `l` or `r` for the side of each column. */
export interface PlainTable {
  readonly head: readonly string[];
  readonly sides: string;
  readonly rows: readonly (readonly string[])[];
}

const NONE = '–';

const amount = (value: number | null | undefined, unit: AmountUnit): string => (value == null ? NONE : formatAmount(value, unit));

export function intervalOf({ interval, unit, min, max, count }: Statistics): string {
  // Few values have a range only, which is written without brackets.
  if (interval === null && count > 1) return `${formatAmount(min, unit)} – ${formatAmount(max, unit)}`;
  return interval === null ? NONE : `[${formatAmount(interval.low, unit)}, ${formatAmount(interval.high, unit)}]`;
}

function outliersOf({ outliers }: Statistics): string {
  return outliers.length === 0 ? NONE : outliers.join(', ');
}

/** Each metric's numbers over the samples. */
export function readingNumbers({ metrics }: EventSummary): PlainTable {
  return {
    head: ['Metric', medianHead(metrics.map(({ statistics }) => statistics)), intervalHead(metrics.map(({ statistics }) => statistics)), 'Mean', 'Std. dev.', 'Minimum', 'Maximum', 'Of', 'Outliers'],
    sides: 'lrrrrrrrr',
    rows: metrics.map(({ metric, statistics, unit }) => [metricWords[metric].title, ...(statistics === null ? ['unavailable', NONE, NONE, NONE, NONE, NONE, '0', NONE] : numbersOf(statistics, unit))]),
  };
}

function numbersOf(statistics: Statistics, unit: AmountUnit): string[] {
  const { median, mean, standardDeviation, min, max, count } = statistics;
  return [amount(median, unit), intervalOf(statistics), amount(mean, unit), amount(count === 1 ? null : standardDeviation, unit), amount(min, unit), amount(max, unit), String(count), outliersOf(statistics)];
}

/** How each metric was obtained. */
export function readingOrigins({ metrics }: EventSummary): PlainTable {
  return {
    head: ['Metric', 'Certainty', 'Technique', 'Resolution', 'Overhead', 'Calibration'],
    sides: 'lllrrl',
    rows: metrics.map((metric) => [metricWords[metric.metric].title, certaintyText(metric), techniqueOf(metric), resolutionText(metric), overheadRatioText(metric), calibrationMark(metric)]),
  };
}

function techniqueOf({ technique, reason, unavailable }: MetricSummary): string {
  const parts = [technique, reason ?? '', unavailable === 0 ? '' : `missing in ${unavailable}`];
  return parts.filter((part) => part !== '').join('; ') || NONE;
}

/** Calls by rank. */
export function callRankingTable(calls: readonly CallSummary[]): PlainTable {
  return {
    head: ['#', 'Call', 'To', 'No.', calls.every(({ count }) => count.count === 1) ? 'Count' : 'Count (median)', intervalHead(calls.map(({ count }) => count)), 'Std. dev.', 'Share', 'Errors', 'Not returned', 'Processes'],
    sides: 'rllrrrrrrrr',
    rows: calls.map(({ rank, name, group, number, count, share, errors, unreturned, processes }) => [
      String(rank), name, group, String(number), formatCount(count.median), intervalOf(count), count.count === 1 ? NONE : formatCount(count.standardDeviation), formatShare(share), errors === null ? 'not known' : formatCount(errors), formatCount(unreturned), formatCount(processes),
    ]),
  };
}

/** What took how long, for each distribution that is there. */
export interface NamedDistribution {
  readonly name: string;
  readonly unit: 'ns' | 'instructions';
  readonly distribution: Distribution;
}

/** Latencies of calls by rank, then of round trips and page faults. */
export function latencies({ ranking, roundTrips, memory }: EventSummary): NamedDistribution[] {
  return [
    ...ranking.flatMap(({ name, latencyNs, latencyInstructions }) => bothOf(name, latencyNs, latencyInstructions)),
    ...(roundTrips === null ? [] : bothOf('Round trip', roundTrips.latencyNs, roundTrips.latencyInstructions)),
    ...bothOf('Page fault', memory?.faultLatencyNs ?? null, null),
  ];
}

function bothOf(name: string, ns: Distribution | null, instructions: Distribution | null): NamedDistribution[] {
  return [...(ns === null ? [] : [{ name, unit: 'ns' as const, distribution: ns }]), ...(instructions === null ? [] : [{ name, unit: 'instructions' as const, distribution: instructions }])];
}

export function latencyTable(rows: readonly NamedDistribution[]): PlainTable {
  return {
    head: ['Latency of', 'In', 'Number', 'Minimum', 'Median', 'Mean', 'p95', 'p99', 'Maximum', 'Exact to'],
    sides: 'llrrrrrrrr',
    rows: rows.map(({ name, unit, distribution: { count, min, median, mean, p95, p99, max, error } }) => {
      const of = (value: number): string => (unit === 'ns' ? formatAmount(value, 'ns') : formatCount(value));
      return [name, unit === 'ns' ? 'time' : 'instructions', formatCount(count), of(min), of(median), of(mean), of(p95), of(p99), of(max), formatShare(error)];
    }),
  };
}

/** Calls of each process; at most `most` rows. */
export function processTable({ calls }: EventSummary, most: number): PlainTable | null {
  if (calls === null || new Set(calls.rows.map(({ process }) => process)).size < 2) return null;
  return {
    head: ['Process', 'Call', 'To', 'Count', 'Errors', 'Not returned'],
    sides: 'lllrrr',
    rows: calls.rows.slice(0, most).map(({ process, name, group, count, errors, unreturned }) => [process, name, group, formatCount(count), errors === null ? 'not known' : formatCount(errors), formatCount(unreturned)]),
  };
}

/** Latencies of the calls of one process, the most frequent first. */
export interface ProcessLatencies {
  readonly process: string;
  readonly rows: readonly NamedDistribution[];
}

/** Latencies process by process, of the `most` most frequent calls; none where there is one process, whose latencies are those of the calls. */
export function processLatencies({ calls }: EventSummary, most: number): ProcessLatencies[] {
  if (calls === null || new Set(calls.rows.map(({ process }) => process)).size < 2) return [];
  const groups = Map.groupBy(calls.rows.slice(0, most), ({ process }) => process);
  return [...groups]
    .map(([process, rows]) => ({ process, rows: rows.flatMap(({ name, latencyNs, latencyInstructions }) => bothOf(name, latencyNs, latencyInstructions)) }))
    .filter(({ rows }) => rows.length > 0);
}

/** The same as one table. */
export function processLatencyTable(processes: readonly ProcessLatencies[]): PlainTable {
  const { head, sides } = latencyTable([]);
  return { head: ['Process', ...head], sides: `l${sides}`, rows: processes.flatMap(({ process, rows }) => latencyTable(rows).rows.map((row) => [process, ...row])) };
}

export function ratioTable({ memory }: EventSummary): PlainTable | null {
  if (memory === null || memory.ratios.length === 0) return null;
  return {
    head: ['Ratio', medianHead(memory.ratios.map(({ statistics }) => statistics)), intervalHead(memory.ratios.map(({ statistics }) => statistics)), 'Mean', 'Std. dev.', 'Minimum', 'Maximum', 'Of', 'Outliers'],
    sides: 'lrrrrrrrr',
    rows: memory.ratios.map(({ name, statistics }) => [memoryRatioTitles[name], ...numbersOf(statistics, 'ratio')]),
  };
}

/** Sets, ways and bytes of a line of what was modelled, in the form that `--model` takes; '' where nothing was. */
export function modelSizes({ memory }: EventSummary): string {
  return memory?.model == null ? '' : modelText(memory.model);
}
