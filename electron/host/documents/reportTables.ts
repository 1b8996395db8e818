import type { Content, TableCell } from 'pdfmake/interfaces.d.ts';
import type { PhaseTable, Sample } from '../../contract/measurements.ts';
import type { PublishedValue } from '../../contract/published.ts';
import type { Report } from '../../contract/reports.ts';
import type { Comparison, PhaseSummary, Statistics, SubjectSummary } from '../../contract/summaries.ts';
import { formatMilliseconds, formatPercent, formatRatio } from '../../core/charts/numbers.ts';
import { metricTitle } from '../../core/charts/phaseIntervals.ts';
import { phasesOfAll, tableOfKey, tablesOf } from '../../core/measurements/subjectTable.ts';
import { environmentRows } from '../../core/reports/environmentRows.ts';
import { intervalHead, medianHead } from '../../core/reports/medianWords.ts';
import { publishedText, verdictRows, type VerdictRow } from '../../core/reports/verdictRows.ts';
import { colours, denseLayout, listLayout, ruledLayout } from './documentStyle.ts';

/** Letters by which phases are called where their names have no room: A…Z, AA… */
export function phaseLetter(position: number): string {
  const letter = String.fromCharCode(65 + (position % 26));
  return position < 26 ? letter : phaseLetter(Math.floor(position / 26) - 1) + letter;
}

/** Medians, intervals and spread of each phase and of the boot, in milliseconds. */
export function phaseTableContent(subject: SubjectSummary, isQemu = true): Content {
  const durations = subject.phases.map(({ duration }) => duration);
  const head = ['', 'Phase', medianHead(durations), intervalHead(durations), 'Mean', 'Std. dev.', 'Minimum', 'Maximum', 'Seen', 'Missing', 'Outliers'];
  const rows = subject.phases.map((phase, position) => phaseCells(phase, phaseLetter(position)));
  const totals = [totalCells('Boot, first phase to last', subject.boot), totalCells(isQemu ? 'With QEMU and firmware' : 'From the start', subject.total)];
  return {
    layout: ruledLayout,
    style: 'cell',
    table: {
      headerRows: 1,
      dontBreakRows: true,
      keepWithHeaderRows: 2,
      widths: ['auto', '*', 'auto', 'auto', 'auto', 'auto', 'auto', 'auto', 'auto', 'auto', 'auto'],
      body: [head.map((text, column) => headCell(text, column > 1)), ...rows, ...totals],
    },
  };
}

function phaseCells(phase: PhaseSummary, letter: string): TableCell[] {
  const name = [{ text: letter, color: colours.muted }, { text: phase.title }];
  if (!phase.observable) return [...name, { text: 'prints nothing', colSpan: 9, italics: true, color: colours.muted }, ...blanks(8)];
  const counts = [right(String(phase.seen)), right(String(phase.missing))];
  if (phase.duration === null) return [...name, { text: phase.missing > 0 ? 'missing' : 'no duration', colSpan: 6, italics: true, color: colours.muted }, ...blanks(5), ...counts, right('')];
  return [...name, ...statisticsCells(phase.duration), ...counts, right(outlierText(phase.duration))];
}

function totalCells(title: string, statistics: Statistics | null): TableCell[] {
  const name = [{ text: title, bold: true, colSpan: 2 }, {}];
  if (statistics === null) return [...name, { text: 'no complete boot', colSpan: 9, italics: true, color: colours.muted }, ...blanks(8)];
  return [...name, ...statisticsCells(statistics).map((cell) => ({ ...cell, bold: true })), right(String(statistics.count)), right(''), right(outlierText(statistics))];
}

interface TextCell {
  text: string;
  alignment: 'right';
  noWrap: true;
}

function statisticsCells({ median, interval, mean, standardDeviation, min, max, count }: Statistics): TextCell[] {
  const few = count > 1 ? `${formatMilliseconds(min)} – ${formatMilliseconds(max)}` : '–';
  const range = interval === null ? few : `[${formatMilliseconds(interval.low)}, ${formatMilliseconds(interval.high)}]`;
  return [formatMilliseconds(median), range, formatMilliseconds(mean), count === 1 ? '–' : formatMilliseconds(standardDeviation), formatMilliseconds(min), formatMilliseconds(max)].map(right);
}

/** Which boots were outliers; only how many there are would help nobody to find them. */
function outlierText({ outliers }: Statistics): string {
  return outliers.length === 0 ? '–' : outliers.join(', ');
}

export function comparisonTableContent({ run }: Report, comparisons: readonly Comparison[]): Content {
  const head = ['Metric', 'Ratio', '95 % interval', 'p (Mann–Whitney)', 'Cliff’s delta', 'Conclusion'];
  const rows = comparisons.map((row) => [
    { text: `${metricTitle(row.metric, phasesOfAll(run))}${row.role === 'gate' ? ' (decides)' : ''}`, bold: row.role === 'gate' },
    right(formatRatio(row.ratio)),
    right(row.interval === null ? '–' : `[${formatRatio(row.interval.low)}, ${formatRatio(row.interval.high)}]`),
    right(row.pValue === null ? '–' : row.pValue.toPrecision(2)),
    right(row.cliffsDelta === null ? '–' : row.cliffsDelta.toFixed(2).replace('-', '−')),
    { text: row.conclusion, bold: ['slower', 'faster', 'more', 'fewer'].includes(row.conclusion) },
  ]);
  return {
    layout: ruledLayout,
    style: 'cell',
    table: { headerRows: 1, dontBreakRows: true, keepWithHeaderRows: 2, widths: ['*', 'auto', 'auto', 'auto', 'auto', 64], body: [head.map((text, column) => headCell(text, column > 0 && column < 5)), ...rows] },
  };
}

/** Verdicts under their sources, each source said once: a baseline has a value for every phase. */
export function verdictTableContent(report: Report): Content {
  const head = ['Metric', 'Published value', 'Verdict', 'Error', 'Reason'];
  const groups = [...Map.groupBy(verdictRows(report), ({ published }) => sourceText(published)).values()];
  const rows = groups.flatMap((group) => [sourceCells(group[0]?.published ?? null), ...group.map((row) => verdictCells(row, report.summary.subjects.length > 1))]);
  return {
    layout: ruledLayout,
    style: 'cell',
    table: { headerRows: 1, dontBreakRows: true, keepWithHeaderRows: 2, widths: [130, 92, 84, 32, '*'], body: [head.map((text, column) => headCell(text, column === 3)), ...rows] },
  };
}

function sourceText(published: PublishedValue | null): string {
  if (published === null) return 'a value that is no longer kept';
  const { subject, source, note } = published;
  return `${subject}. ${source.title}. ${source.detail} Standing: ${source.standing}. ${note}`.trim();
}

function sourceCells(published: PublishedValue | null): TableCell[] {
  return [{ text: sourceText(published), colSpan: 5, color: colours.muted, margin: [0, 3, 0, 0] }, ...blanks(4)];
}

function verdictCells({ subject, metric, published, verdict }: VerdictRow, several: boolean): TableCell[] {
  return [
    { text: several ? `${subject}, ${metric}` : metric },
    { text: published === null ? '–' : publishedText(published) },
    { text: verdict.name, bold: true },
    right(verdict.error === null ? '–' : formatPercent(verdict.error)),
    { text: verdict.reason },
  ];
}

export function environmentTableContent(report: Report): Content {
  const body = environmentRows(report).map(({ name, value }) => [{ text: name, color: colours.muted }, { text: breakable(value) }]);
  return { layout: listLayout, style: 'cell', table: { dontBreakRows: true, widths: [110, '*'], body } };
}

/** A text whose long words (a digest, a path) may be broken anywhere, and only those. */
function breakable(text: string): Content[] {
  return text.split(/(\S{40,})/u).filter((part) => part !== '').map((part) => (/^\S{40,}$/u.test(part) ? { text: part, wordBreak: 'break-all' as const } : { text: part }));
}

/** At most so many stamps fit beside each other. */
const STAMPS_A_TABLE = 10;

/** Every stamp of every boot, warm-ups included: one table for each ten phases of each system. */
export function sampleTables({ run, samples }: Report): Content[] {
  return tablesOf(run).flatMap((table) => tablesOfSystem(table, samples.filter(({ subject }) => tableOfKey(run, subject).id === table.id)));
}

function tablesOfSystem(table: PhaseTable, samples: readonly Sample[]): Content[] {
  const phases = table.phases.map(({ name, pattern }, position) => ({ name, letter: phaseLetter(position), printed: pattern !== null })).filter((phase) => phase.printed);
  const parts = Array.from({ length: Math.ceil(phases.length / STAMPS_A_TABLE) }, (_, part) => phases.slice(part * STAMPS_A_TABLE, (part + 1) * STAMPS_A_TABLE));
  return parts.map((part) => ({
    layout: denseLayout,
    style: 'dense',
    margin: [0, 0, 0, 8],
    table: {
      headerRows: 1,
      dontBreakRows: true,
      keepWithHeaderRows: 3,
      widths: [20, 16, 42, ...part.map(() => '*'), 22],
      body: [
        ['Boot', 'Of', 'Outcome', ...part.map((phase) => phase.letter), 'Load'].map((text, column) => ({ text, style: 'denseHead', alignment: column > 2 ? ('right' as const) : ('left' as const) })),
        ...samples.map((sample) => sampleCells(sample, part.map((phase) => phase.name))),
      ],
    },
  }));
}

function sampleCells(sample: Sample, phases: readonly string[]): TableCell[] {
  const stamps = phases.map((name) => {
    const stamp = sample.phases.find((candidate) => candidate.name === name);
    return right(stamp?.status === 'seen' ? formatMilliseconds(stamp.atNs) : 'missing');
  });
  const colour = sample.warmUp ? { color: colours.muted } : {};
  const cells: TableCell[] = [{ text: String(sample.index) }, { text: sample.subject }, { text: sample.warmUp ? 'warm-up' : sample.outcome }, ...stamps, right(sample.load === null ? '–' : sample.load.toFixed(2))];
  return cells.map((cell) => ({ ...(cell as object), ...colour }) as TableCell);
}

function headCell(text: string, toTheRight: boolean): TableCell {
  return { text, style: 'head', alignment: toTheRight ? 'right' : 'left' };
}

function right(text: string): TextCell {
  return { text, alignment: 'right', noWrap: true };
}

function blanks(count: number): TableCell[] {
  return Array.from({ length: count }, () => ({}));
}
