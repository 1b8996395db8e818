import type { Content, TableCell } from 'pdfmake/interfaces.d.ts';
import type { Report } from '../../contract/reports.ts';
import type { EventSummary, SubjectSummary } from '../../contract/summaries.ts';
import { barChart, barsHeight, type Bar } from '../../core/charts/bars.ts';
import { flamePicture } from '../../core/charts/flamePicture.ts';
import { histogramHeight, latencyHistogram } from '../../core/charts/latencyHistogram.ts';
import { formatCount, formatMilliseconds, formatShare } from '../../core/charts/numbers.ts';
import { printPalette } from '../../core/charts/palette.ts';
import type { Picture } from '../../core/charts/picture.ts';
import { symbolPhases, symbolPhasesChart, symbolPhasesHeight } from '../../core/charts/symbolPhases.ts';
import { workingSetChart, workingSetHeight, workingSetLines } from '../../core/charts/workingSet.ts';
import { countedSamples } from '../../core/measurements/bootSeries.ts';
import { tableOfKey } from '../../core/measurements/subjectTable.ts';
import { memoryRatioTitles } from '../../core/memory/ratioTitles.ts';
import { medianOf } from '../../core/reports/medianWords.ts';
import { callRankingTable, latencies, latencyTable, modelSizes, processLatencies, processLatencyTable, processTable, ratioTable, readingNumbers, readingOrigins, type PlainTable } from '../../core/reports/eventTables.ts';
import { symbolOriginWords } from '../../core/reports/symbolOrigin.ts';
import { ownSamples } from '../../core/reports/subjectProfile.ts';
import { contentWidth, denseLayout, ruledLayout } from './documentStyle.ts';
import { figure, heading, list, tableTitle, type Counters } from './documentParts.ts';

/** So many calls have a bar and so many a histogram; tables have more, the JSON all. */
const BARS = 16;
const HISTOGRAMS = 3;
const LONGEST_TABLE = 60;
const FUNCTIONS = 20;
const LONGEST_WORD = 32;
const HIGHEST_FLAMES = 430;

/** All that instruments saw of one subject; nothing where nobody looked. */
export function eventContent(report: Report, subject: SubjectSummary, next: Counters): Content[] {
  const { events } = subject;
  const name = (title: string): string => (report.run.subjects.length > 1 ? `${title}: ${subject.label}` : title);
  const said = (about: Report['interpretation'][number]['about']): Content[] =>
    report.interpretation.filter((part) => part.subject === subject.key && part.about === about).map(({ sentences }) => list(sentences));
  const section = (title: string, about: Report['interpretation'][number]['about'], content: readonly Content[]): Content[] =>
    content.length === 0 ? [] : heading(name(title), ...said(about), ...content);
  return [
    ...section('What instruments saw', 'instruments', events === null ? [] : readings(events, next)),
    ...section('Phases at symbols', 'symbols', symbols(report, subject, next)),
    ...section('System calls', 'calls', events === null ? [] : calls(events, next)),
    ...section('Memory', 'memory', memory(report, subject, next)),
    ...section('Where the instructions went', 'profile', profile(report, subject, next)),
  ];
}

/** A table of texts in the document's style. The first column takes what room is left. */
export function plainTable({ head, sides, rows }: PlainTable, { dense = false, wide = 0 }: { readonly dense?: boolean; readonly wide?: number } = {}): Content {
  // A name, an id or a number stays on one line.
  const cell = (text: string, at: number): TableCell => ({ text, alignment: sides[at] === 'r' ? 'right' : 'left', noWrap: sides[at] === 'r' || (text.length <= LONGEST_WORD && !text.includes(' ')) });
  return {
    layout: dense ? denseLayout : ruledLayout,
    style: dense ? 'dense' : 'cell',
    margin: [0, 0, 0, 8],
    table: {
      headerRows: 1,
      dontBreakRows: true,
      keepWithHeaderRows: 2,
      widths: head.map((_, at) => (at === wide ? '*' : 'auto')),
      body: [head.map((text, at) => ({ text, style: dense ? 'denseHead' : 'head', alignment: sides[at] === 'r' ? ('right' as const) : ('left' as const) })), ...rows.map((row) => row.map(cell))],
    },
  };
}

function titled(next: Counters, caption: string, table: Content): Content[] {
  return [{ ...(tableTitle(next.table(), caption, [0, 8, 0, 4]) as object), headlineLevel: 2 } as Content, table];
}

function pictured(next: Counters, picture: Picture, caption: string): Content {
  return { unbreakable: true, margin: [0, 8, 0, 0], stack: [figure(next.figure(), picture, caption)] };
}

function readings(events: EventSummary, next: Counters): Content[] {
  return [
    ...titled(next, `What was counted in windows of ${(events.window.median / 1e6).toFixed(3)} ms (${medianOf(events.window.count, 'boot')}). “Of” is the number of boots that have the number; outliers are named by the number of the boot.`, plainTable(readingNumbers(events), { dense: true })),
    ...titled(next, 'How each number was obtained, the smallest difference that means something, what taking it costs the boot, and what calibration says of the instrument.', plainTable(readingOrigins(events), { dense: true, wide: 2 })),
  ];
}

function symbols({ run, samples }: Report, { key }: SubjectSummary, next: Counters): Content[] {
  const [shown] = countedSamples(samples, key).filter((sample) => symbolPhases(sample, tableOfKey(run, key)).length > 0);
  if (shown === undefined) return [];
  const rows = symbolPhases(shown, tableOfKey(run, key));
  const size = { width: contentWidth, height: symbolPhasesHeight(rows.length, printPalette) };
  const time = (ns: number | null): string => (ns === null ? '–' : formatMilliseconds(ns));
  return [
    pictured(next, symbolPhasesChart(rows, printPalette, size), `Boot ${shown.index}: a filled dot is when the symbol was reached, a ring when the line began.`),
    ...titled(next, `The same in ms since the start of QEMU, and instructions until the symbol, of boot ${shown.index}. ${symbolOriginWords(shown)}`.trim(), plainTable({
      head: ['Phase', 'Symbol', 'At the symbol', 'At the line', 'Instructions'],
      sides: 'llrrr',
      rows: rows.map(({ title, symbol, symbolNs, lineNs, instructions }) => [title, symbol ?? '–', time(symbolNs), time(lineNs), instructions === null ? '–' : formatCount(instructions)]),
    })),
  ];
}

function calls(events: EventSummary, next: Counters): Content[] {
  const { ranking } = events;
  if (ranking.length === 0) return [];
  const bars = ranking.slice(0, BARS).map(({ name, share, count }): Bar => ({ title: name, value: count.median, text: `${formatCount(count.median)}  ${formatShare(share)}`, interval: count.interval }));
  const most = Math.max(...ranking.map(({ count }) => Math.max(count.median, count.interval?.high ?? 0)));
  const size = { width: contentWidth, height: barsHeight(bars.length, printPalette) };
  const processes = processTable(events, LONGEST_TABLE);
  const byProcess = processLatencies(events, LONGEST_TABLE);
  const rows = latencies(events);
  return [
    pictured(next, barChart(bars, most, printPalette, size), `Calls in one boot${events.samples.length === 1 ? '' : ' (median)'} and their part of all calls${bars.every(({ interval }) => interval === null) ? '' : '; the line over a bar’s end is their interval'}.`),
    ...titled(next, 'System calls by how often they were made. Errors, calls that did not return, and processes are of all boots together.', plainTable(callRankingTable(ranking.slice(0, LONGEST_TABLE)), { dense: true, wide: 1 })),
    ...rows.filter(({ unit }) => unit === 'ns').slice(0, HISTOGRAMS).map(({ name, unit, distribution }) =>
      pictured(next, latencyHistogram({ distribution, unit }, printPalette, { width: contentWidth, height: histogramHeight(printPalette) }), `How long ${name} took, on a logarithmic axis: ${formatCount(distribution.count)} of them. The higher a bar, the more took so long.`)),
    ...(rows.length === 0 ? [] : titled(next, 'Latencies: time on the host, and instructions of the guest where they were counted.', plainTable(latencyTable(rows.slice(0, LONGEST_TABLE)), { dense: true }))),
    ...(processes === null ? [] : titled(next, 'Calls of each process in all boots together.', plainTable(processes, { dense: true, wide: 1 }))),
    ...(byProcess.length === 0 ? [] : titled(next, 'Latencies of the calls of each process.', plainTable(processLatencyTable(byProcess), { dense: true, wide: 1 }))),
  ];
}

function memory({ samples }: Report, { key, events }: SubjectSummary, next: Counters): Content[] {
  if (events?.memory == null) return [];
  const { ratios } = events.memory;
  const table = ratioTable(events);
  const bars = ratios.map(({ name, statistics }): Bar => ({ title: memoryRatioTitles[name], value: statistics.median, text: formatShare(statistics.median), interval: statistics.interval }));
  // One step is a number and no course of time: the sentences say it.
  const lines = workingSetLines(countedSamples(samples, key)).filter(({ points }) => points.length > 1);
  const sizes = modelSizes(events);
  return [
    ...(bars.length === 0 ? [] : [pictured(next, barChart(bars, 1, printPalette, { width: contentWidth, height: barsHeight(bars.length, printPalette) }), 'Modelled ratios from 0 to the whole: the longer, the more was found where it was looked for first.')]),
    ...(table === null ? [] : titled(next, `The same in numbers${sizes === '' ? '' : `; modelled (sets × ways × bytes of a line): ${sizes}`}.`, plainTable(table, { dense: true }))),
    ...(lines.length === 0 ? [] : [pictured(next, workingSetChart(lines, printPalette, { width: contentWidth, height: workingSetHeight(printPalette) }), `Working set over time: distinct pages of 4 KiB touched in each ${lines[0]?.unit === 'ms' ? 'step of the host’s time' : 'million instructions'}, a line for each boot; boot ${lines[0]?.sample ?? 0} is the dark one.`)]),
    // Counts of faults stand among the readings: without a model there is nothing to draw, and the sentences say it.
    ...(bars.length === 0 && lines.length === 0 ? [{ text: '' }] : []),
  ];
}

function profile({ profiles }: Report, { key }: SubjectSummary, next: Counters): Content[] {
  const found = profiles.find(({ subject }) => subject === key);
  if (found === undefined) return [];
  const { total } = found.profile.root;
  const rows = ownSamples(found.profile).slice(0, FUNCTIONS).map(({ symbol, self }) => [symbol, formatCount(self), formatShare(self / total)]);
  return [
    pictured(next, flamePicture(found.profile, printPalette, contentWidth, HIGHEST_FLAMES), `Flame graph of ${formatCount(total)} samples, one in ${formatCount(found.profile.everyInstructions)} instructions: callers below, what they call above, width is the part of all instructions.`),
    ...titled(next, 'The functions in which most instructions were made, wherever they were called from.', plainTable({ head: ['Function', 'Samples', 'Share'], sides: 'lrr', rows })),
  ];
}
