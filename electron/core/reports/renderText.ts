import type { Report } from '../../contract/reports.ts';
import type { PhaseSummary, Statistics, SubjectSummary } from '../../contract/summaries.ts';
import { formatMilliseconds, formatRatio } from '../charts/numbers.ts';
import { metricTitle } from '../charts/phaseIntervals.ts';
import { phasesOfAll } from '../measurements/subjectTable.ts';
import { isKnown } from '../measurements/knownFacts.ts';
import { environmentRows } from './environmentRows.ts';
import { eventSections } from './eventText.ts';
import { HOST_TIMES, isLogicalTime, logicalPhaseTable } from './logicalPhases.ts';
import { intervalHead, medianHead } from './medianWords.ts';
import { plainReport } from './plainText.ts';
import { createPen, padTable, wrap, type Pen } from './textLayout.ts';
import { publishedText, verdictRows } from './verdictRows.ts';

export interface TextOptions {
  /** Width of the terminal. */
  readonly columns: number;
  readonly colour: boolean;
}

/** A report as text that can be pasted into a lab report: with or without colour it says the same. */
export function renderText(source: Report, { columns, colour }: TextOptions): string {
  const report = plainReport(source);
  const pen = createPen(colour);
  const width = Math.max(48, Math.min(columns, 110));
  const paragraphs = (texts: readonly string[]): string[] => texts.flatMap((text) => wrap(text, width, '  · ', '    '));
  const lines = (text: string): string[] => (text === '' ? [] : text.split('\n').flatMap((line) => wrap(line, width, '', '')));
  const sections = [
    [pen.strong(report.title), pen.quiet(`${report.id} · ${report.createdAt} · ${report.generator.name} ${report.generator.version}`), ...lines(report.question), ...lines(report.run.notes)],
    [pen.strong('Findings'), ...paragraphs(report.findings)],
    ...report.summary.subjects.map((subject) => logicalSection(report, subject, pen)),
    ...report.summary.subjects.map((subject) => phaseSection(subject, { isQemu: isKnown(report.run, 'machine'), isLogical: isLogicalTime(report) }, width, pen)),
    ...report.summary.subjects.flatMap((subject) => eventSections(report, subject, { width, pen })),
    comparisonSection(report, pen),
    verdictSection(report, width, pen),
    [pen.strong('Environment'), ...environmentRows(report).flatMap(({ name, value }) => wrap(value, width, `  ${name.padEnd(18)} `, ' '.repeat(21)))],
    [pen.strong('Limits'), ...paragraphs(report.limits)],
    [pen.strong('Run it again'), `  ${report.command}`],
  ];
  return `${sections.filter((section) => section.length > 0).map((section) => section.join('\n')).join('\n\n')}\n`;
}

/** Where instructions are the clock, they come first. */
function logicalSection(report: Report, { key, label }: SubjectSummary, pen: Pen): string[] {
  const table = logicalPhaseTable(report, key);
  if (table === null) return [];
  const [head = '', ...lines] = padTable([table.head, ...table.rows], table.sides);
  return [`${pen.strong(label)}${pen.quiet(' · phases in instructions, the guest’s clock')}`, pen.quiet(`  ${head.trimEnd()}`), ...lines.map((line) => `  ${line.trimEnd()}`)];
}

interface PhaseStanding {
  readonly isQemu: boolean;
  readonly isLogical: boolean;
}

function phaseSection(subject: SubjectSummary, { isQemu, isLogical }: PhaseStanding, width: number, pen: Pen): string[] {
  const boots = subject.complete + subject.incomplete + subject.failed;
  const longest = Math.max(1, ...subject.phases.slice(1).map((phase) => phase.duration?.median ?? 0));
  const first = subject.phases.find((phase) => phase.seen > 0);
  const barCells = width < 96 ? 6 : 16;
  const rows = subject.phases.map((phase) => phaseRow(phase, phase === first ? null : longest, barCells));
  const durations = subject.phases.map(({ duration }) => duration);
  const totals = [totalRow('Boot, first to last', subject.boot), totalRow(isQemu ? 'With QEMU and firmware' : 'From the start', subject.total)];
  const table = padTable([['Phase', medianHead(durations).toLowerCase(), intervalHead(durations), 'sd', ''], ...rows, ...totals], 'lrrrl');
  const [head = '', ...lines] = table;
  return [
    `${pen.strong(subject.label)}${pen.quiet(` · ${isLogical ? `${HOST_TIMES}, in ms` : 'times in ms'} · ${subject.complete} of ${boots} boots complete`)}`,
    pen.quiet(`  ${head.trimEnd()}`),
    ...lines.map((line, index) => `  ${index < rows.length ? pen.bar(line) : line}`.trimEnd()),
  ];
}

function phaseRow(phase: PhaseSummary, longest: number | null, barCells: number): string[] {
  if (!phase.observable) return [phase.title, '–', '', '', 'prints nothing'];
  if (phase.duration === null) return [phase.title, '–', '', '', phase.missing > 0 ? 'missing' : ''];
  const bar = longest === null ? 'before the boot' : shareBar(phase.duration.median / longest, barCells);
  const outliers = phase.duration.outliers.length === 0 ? '' : ` (${phase.duration.outliers.length} ${phase.duration.outliers.length === 1 ? 'outlier' : 'outliers'})`;
  const missing = phase.missing === 0 ? '' : ` missing in ${phase.missing} of ${phase.missing + phase.seen}`;
  return [phase.title, ...statisticsCells(phase.duration), `${bar}${outliers}${missing}`];
}

function totalRow(title: string, statistics: Statistics | null): string[] {
  if (statistics === null) return [title, '–', '', '', ''];
  const outliers = statistics.outliers.length === 0 ? '' : `outliers: ${statistics.outliers.map((index) => `boot ${index}`).join(', ')}`;
  return [title, ...statisticsCells(statistics), outliers];
}

function statisticsCells({ median, interval, standardDeviation, min, max, count }: Statistics): string[] {
  const few = count > 1 ? `${formatMilliseconds(min)} – ${formatMilliseconds(max)}` : '–';
  const range = interval === null ? few : `[${formatMilliseconds(interval.low)}, ${formatMilliseconds(interval.high)}]`;
  return [formatMilliseconds(median), range, count === 1 ? '–' : formatMilliseconds(standardDeviation)];
}

/** A bar in eighths of a cell; what is not nothing has at least one eighth. */
function shareBar(share: number, barCells: number): string {
  const eighths = Math.max(share > 0 ? 1 : 0, Math.round(share * barCells * 8));
  const rest = eighths % 8;
  return '█'.repeat(Math.floor(eighths / 8)) + (rest === 0 ? '' : (['▏', '▎', '▍', '▌', '▋', '▊', '▉'][rest - 1] ?? ''));
}

function comparisonSection({ summary, run }: Report, pen: Pen): string[] {
  if (summary.comparisons.length === 0) return [];
  const rows = summary.comparisons.map((row) => [
    `${row.b} / ${row.a}`,
    `${metricTitle(row.metric, phasesOfAll(run))}${row.role === 'gate' ? ' (decides)' : ''}`,
    formatRatio(row.ratio),
    row.interval === null ? '–' : `[${formatRatio(row.interval.low)}, ${formatRatio(row.interval.high)}]`,
    row.pValue === null ? '–' : row.pValue.toPrecision(2),
    row.conclusion,
  ]);
  const [head = '', ...lines] = padTable([['', 'metric', 'ratio', 'interval', 'p', 'conclusion'], ...rows], 'llrrrl');
  const keys = summary.subjects.map((subject) => `${subject.key} = ${subject.label}`).join(', ');
  return [`${pen.strong('Comparison')}${pen.quiet(` · ratios of medians · ${keys}`)}`, pen.quiet(`  ${head.trimEnd()}`), ...lines.map((line) => `  ${line.trimEnd()}`)];
}

function verdictSection(report: Report, width: number, pen: Pen): string[] {
  const rows = verdictRows(report);
  if (rows.length === 0) return [];
  return [
    pen.strong('Published values'),
    ...rows.flatMap(({ subject, metric, published, verdict }) => [
      `  ${pen.verdict(verdict.name)}`,
      ...wrap(`${subject}, ${metric}, against ${published === null ? 'a value that is gone' : `${publishedText(published)} (${published.source.title}, ${published.source.standing})`}. ${verdict.reason}`, width, '    ', '    '),
    ]),
  ];
}
