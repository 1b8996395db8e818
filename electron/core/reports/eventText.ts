import type { Report } from '../../contract/reports.ts';
import type { CallSummary, EventSummary, SubjectSummary } from '../../contract/summaries.ts';
import { formatCount, formatMilliseconds, formatShare } from '../charts/numbers.ts';
import { symbolPhases } from '../charts/symbolPhases.ts';
import { countedSamples } from '../measurements/bootSeries.ts';
import { tableOfKey } from '../measurements/subjectTable.ts';
import { callRankingTable, latencies, latencyTable, modelSizes, processLatencies, processTable, ratioTable, readingNumbers, type NamedDistribution, type PlainTable } from './eventTables.ts';
import { ownSamples } from './subjectProfile.ts';
import { certaintyText, calibrationMark, overheadRatioText, resolutionText } from './originWords.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { symbolOriginWords } from './symbolOrigin.ts';
import { padTable, wrap, type Pen } from './textLayout.ts';

/** Longer rankings are cut in the terminal; the JSON has them whole. */
const LONGEST = 25;

interface TextPlace {
  readonly width: number;
  readonly pen: Pen;
}

/** What instruments saw of one subject, as sections of a text; none where nobody looked. */
export function eventSections(report: Report, subject: SubjectSummary, place: TextPlace): string[][] {
  const several = report.run.subjects.length > 1 ? ` · ${subject.label}` : '';
  const said = (about: Report['interpretation'][number]['about']): string[] =>
    report.interpretation.filter((part) => part.subject === subject.key && part.about === about).flatMap(({ sentences }) => sentences).flatMap((text) => wrap(text, place.width, '  · ', '    '));
  const section = (title: string, ...parts: readonly string[][]): string[][] => (parts.flat().length === 0 ? [] : [[`${place.pen.strong(title)}${place.pen.quiet(several)}`, ...parts.flat()]]);
  return [
    ...section('What instruments saw', readings(subject, place), said('instruments')),
    ...section('Phases at symbols', symbols(report, subject, place), said('symbols')),
    ...section('System calls', calls(subject, place), said('calls')),
    ...section('Memory', memory(subject, place), said('memory')),
    ...section('Where the instructions went', profile(report, subject, place), said('profile')),
  ];
}

function tableLines({ head, sides, rows }: PlainTable, { pen }: TextPlace): string[] {
  if (rows.length === 0) return [];
  const [first = '', ...others] = padTable([head, ...rows], sides);
  return [pen.quiet(`  ${first.trimEnd()}`), ...others.map((line) => `  ${line.trimEnd()}`)];
}

/** The columns that a terminal has room for. */
function columns({ head, sides, rows }: PlainTable, wanted: readonly string[]): PlainTable {
  const at = wanted.map((name) => head.indexOf(name)).filter((position) => position >= 0);
  const pick = (row: readonly string[]): string[] => at.map((position) => row[position] ?? '');
  return { head: pick(head), sides: pick(Array.from(sides)).join(''), rows: rows.map(pick) };
}

function readings({ events }: SubjectSummary, place: TextPlace): string[] {
  if (events === null) return [];
  const given = events.metrics.filter(({ statistics }) => statistics !== null);
  const numbers = columns(readingNumbers({ ...events, metrics: given }), ['Metric', 'Median', 'Value', '95 % interval', 'Range']);
  const marks = given.map((metric) => `${certaintyText(metric)}, ${calibrationMark(metric)}, ±${resolutionText(metric)}, ${overheadRatioText(metric)}`);
  const techniques = [...Map.groupBy(given, ({ technique }) => technique)].map(([technique, some]) => `${some.map(({ metric }) => metricWords[metric].title).join(', ')}: ${technique}`);
  return [
    ...tableLines({ head: [...numbers.head, 'certainty, calibration, resolution, overhead'], sides: `${numbers.sides}l`, rows: numbers.rows.map((row, at) => [...row, marks[at] ?? '']) }, place),
    ...techniques.flatMap((text) => wrap(text, place.width, '    ', '      ')),
  ];
}

function calls({ events }: SubjectSummary, place: TextPlace): string[] {
  if (events === null || events.ranking.length === 0) return [];
  const shown = events.ranking.slice(0, LONGEST);
  const most = Math.max(...shown.map(({ share }) => share));
  const table = columns(callRankingTable(shown), ['#', 'Call', 'To', 'Count', 'Count (median)', 'Share', 'Errors']);
  const more = events.ranking.length - shown.length;
  return [
    ...tableLines({ head: [...table.head, ''], sides: `${table.sides}l`, rows: table.rows.map((row, at) => [...row, bar(shown[at], most)]) }, place).map((line) => place.pen.bar(line)),
    ...(more === 0 ? [] : [`  … and ${more} more`]),
    '',
    ...latencyLines(latencies(events), place),
    ...byProcess(events, place),
  ];
}

/** Time has its unit in each cell, and a count of instructions has none. */
function latencyLines(rows: readonly NamedDistribution[], place: TextPlace): string[] {
  const { head, sides, rows: all } = columns(latencyTable(rows.slice(0, 2 * LONGEST)), ['Latency of', 'In', 'Number', 'Minimum', 'Mean', 'Median', 'p95', 'p99', 'Maximum']);
  return tableLines({ head: head.map((name) => shorter[name] ?? name), sides, rows: all.map((row) => row.map((text) => (text === 'instructions' ? 'instr.' : text))) }, place);
}

const shorter: Readonly<Record<string, string>> = { Minimum: 'min', Maximum: 'max' };

/** Who made which call, and how long its calls took; nothing where there is one process. */
function byProcess(events: EventSummary, place: TextPlace): string[] {
  const counts = processTable(events, LONGEST);
  if (counts === null) return [];
  const rest = (events.calls?.rows.length ?? 0) - LONGEST;
  return [
    '',
    ...tableLines(columns(counts, ['Process', 'Call', 'Count', 'Errors', 'Not returned']), place),
    ...(rest > 0 ? [`  … and ${rest} more, in JSON and CSV`] : []),
    ...processLatencies(events, LONGEST).flatMap(({ process, rows }) => ['', `  ${place.pen.quiet(`Calls of ${process}`)}`, ...latencyLines(rows, place)]),
  ];
}

function bar(call: CallSummary | undefined, most: number): string {
  return call === undefined || most === 0 ? '' : '█'.repeat(Math.max(1, Math.round((call.share / most) * 12)));
}

function memory({ events }: SubjectSummary, place: TextPlace): string[] {
  if (events === null) return [];
  const ratios = ratioTable(events);
  const sizes = modelSizes(events);
  return [...(ratios === null ? [] : tableLines(columns(ratios, ['Ratio', 'Median', 'Value', '95 % interval', 'Range', 'Std. dev.']), place)), ...(sizes === '' ? [] : wrap(`modelled: ${sizes}`, place.width, '    ', '      '))];
}

function symbols({ run, samples }: Report, { key }: SubjectSummary, place: TextPlace): string[] {
  const [shown] = countedSamples(samples, key).filter((sample) => symbolPhases(sample, tableOfKey(run, key)).length > 0);
  if (shown === undefined) return [];
  const time = (ns: number | null): string => (ns === null ? '–' : formatMilliseconds(ns));
  const rows = symbolPhases(shown, tableOfKey(run, key)).map(({ title, symbol, symbolNs, lineNs, instructions }) => [title, symbol ?? '–', time(symbolNs), time(lineNs), instructions === null ? '–' : formatCount(instructions)]);
  return [...tableLines({ head: [`Phase (boot ${shown.index}, ms)`, 'Symbol', 'at symbol', 'at line', 'instructions'], sides: 'llrrr', rows }, place), ...wrap(symbolOriginWords(shown), place.width, '    ', '      ')];
}

function profile({ profiles }: Report, { key }: SubjectSummary, place: TextPlace): string[] {
  const found = profiles.find(({ subject }) => subject === key);
  if (found === undefined) return [];
  const { total } = found.profile.root;
  const rows = ownSamples(found.profile).slice(0, LONGEST).map(({ symbol, self }) => [symbol, formatCount(self), formatShare(self / total)]);
  return tableLines({ head: ['Function', 'samples', 'share'], sides: 'lrr', rows }, place);
}
