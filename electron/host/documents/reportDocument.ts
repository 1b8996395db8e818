import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces.d.ts';
import type { Report } from '../../contract/reports.ts';
import type { Statistics, SubjectSummary } from '../../contract/summaries.ts';
import { formatAmount, formatDuration, formatInterval } from '../../core/charts/numbers.ts';
import { isKnown } from '../../core/measurements/knownFacts.ts';
import { metricWords } from '../../core/measurements/metricNames.ts';
import { environmentRows } from '../../core/reports/environmentRows.ts';
import { intervalOf } from '../../core/reports/eventTables.ts';
import { askedMetric, asksForBootTime } from '../../core/reports/kindFindings.ts';
import { HOST_TIMES, isLogicalTime, logicalPhaseTable } from '../../core/reports/logicalPhases.ts';
import { FEWEST_FOR_INTERVAL } from '../../core/reports/medianWords.ts';
import { coarsestResolution } from '../../core/reports/resolution.ts';
import { verdictRows } from '../../core/reports/verdictRows.ts';
import { distributionImage, intervalsImage, timelineImage } from './chartImages.ts';
import { commandBlock, createCounters, documentFrame, figure, heading, headlineOf, instantText, linesOf, LINES_ON_A_PAGE, list, tableTitle, together, type Counters } from './documentParts.ts';
import { contentWidth } from './documentStyle.ts';
import { eventContent, plainTable } from './eventContent.ts';
import { comparisonTableContent, environmentTableContent, phaseTableContent, sampleTables, verdictTableContent } from './reportTables.ts';
import { sampleReadings } from './sampleContent.ts';

/**
 * A report as a document definition. Every number in it outside axes and page numbers is a value of the report: table
 * times in ms with three decimals (1 µs), sentences and labels of figures with three digits, ratios with two decimals.
 * `report` must hold only printable text.
 */
export function reportDocument(report: Report): TDocumentDefinitions {
  const next = createCounters();
  return documentFrame(report, { subject: report.question, keywords: report.run.tags.join(', ') }, [
    ...titleBlock(report),
    ...heading('Summary', keyFigures(report), list(report.findings)),
    ...reportSections(report, next),
  ]);
}

/** What follows the summary: figures and tables of everything, then how it was made and what it does not say. */
export function reportSections(report: Report, next: Counters): Content[] {
  return [
    ...logicalPhases(report, next.table),
    ...timelines(report, next.figure),
    ...distribution(report, next.figure),
    ...report.summary.subjects.flatMap((subject) => eventContent(report, subject, next)),
    ...comparisons(report, next.figure, next.table),
    ...phases(report, next.table),
    ...published(report, next.table),
    ...together('Environment', [environmentTableContent(report)], linesOf(environmentRows(report).map(({ value }) => value), 80)),
    ...rawSamples(report, next.table),
    ...sampleReadings(report, next),
    ...heading('Limits', list(report.limits)),
    ...together('Run it again', [commandBlock(report)], linesOf([report.command], 80)),
  ];
}

const kindTitles = { boot: 'Boot measurement', syscalls: 'Measurement of system calls', memory: 'Measurement of memory', ipc: 'Measurement of messages' } as const;

function titleBlock(report: Report): Content[] {
  const tags = report.run.tags.length === 0 ? '' : ` · ${report.run.tags.join(', ')}`;
  return [
    { text: report.title, style: 'title' },
    { text: `${kindTitles[report.run.kind]} · ${instantText(report.createdAt)}${tags}`, style: 'byline', margin: [0, 4, 0, 0] },
    ...(report.question === '' ? [] : [{ text: report.question, style: 'question', margin: [0, 14, 0, 0] as [number, number, number, number] }]),
    ...(report.run.notes === '' ? [] : [{ text: report.run.notes, margin: [0, 8, 0, 0] as [number, number, number, number] }]),
  ];
}

/** The numbers that one looks for first, of the first subject. */
function keyFigures({ summary, run, samples }: Report): Content | null {
  const subject = summary.subjects[0];
  if (subject === undefined) return null;
  const resolutionNs = coarsestResolution(samples);
  const first = subject.phases.find((phase) => phase.seen > 0)?.duration ?? null;
  const asked = asksForBootTime(run) ? null : (subject.events?.metrics.find(({ metric }) => metric === askedMetric(run.kind)) ?? null);
  const boot = subject.boot === null ? 'not complete' : formatDuration(subject.boot.median, resolutionNs);
  const leading = asked === null
    ? [{ label: `Boot, first phase to last${middle(subject.boot)}`, figure: boot }, { label: rangeLabel(subject.boot), figure: boundsText(subject.boot, resolutionNs) }]
    : [{ label: `${metricWords[asked.metric].title} in the window${middle(asked.statistics)}`, figure: asked.statistics === null ? 'unavailable' : formatAmount(asked.statistics.median, asked.statistics.unit) }, askedSpread(asked.statistics)];
  const entries = [
    ...leading,
    asked !== null ? { label: `Boot, first phase to last${middle(subject.boot)}`, figure: boot } : { label: isKnown(run, 'machine') ? 'QEMU and firmware before it' : 'Before the first marker', figure: first === null ? '–' : formatDuration(first.median, resolutionNs) },
    { label: 'Boots complete, of those planned', figure: `${subject.complete} of ${run.plan.runs}` },
  ];
  // The interval is the longest figure: it gets the room, so that none of them breaks.
  const columns = entries.map(({ label, figure }, position) => ({ width: position === 1 ? '*' : 96, stack: [{ text: figure, style: 'figure' }, { text: label, style: 'label' }] }));
  const name = run.subjects.length > 1 ? [{ text: subject.label, style: 'label', margin: [0, 0, 0, 2] as [number, number, number, number] }] : [];
  return { unbreakable: true, margin: [0, 2, 0, 10], stack: [...name, { columns, columnGap: 20 }] };
}

function middle(statistics: Statistics | null): string {
  return statistics === null || statistics.count === 1 ? '' : ' (median)';
}

function askedSpread(statistics: Statistics | null): { readonly label: string; readonly figure: string } {
  if (statistics === null) return { label: rangeLabel(null), figure: '–' };
  if (statistics.count > 1 && statistics.min === statistics.max) return { label: `The same in all ${statistics.count} boots`, figure: '±0' };
  return { label: rangeLabel(statistics), figure: intervalOf(statistics) };
}

function rangeLabel(statistics: Statistics | null): string {
  if (statistics === null || statistics.count === 1) return 'No interval: one value';
  return statistics.count < FEWEST_FOR_INTERVAL ? `Range of ${statistics.count} values` : '95 % interval of the median';
}

function boundsText(statistics: Statistics | null, resolutionNs: number): string {
  if (statistics === null || statistics.count === 1) return '–';
  return formatInterval(statistics.interval ?? { low: statistics.min, high: statistics.max }, resolutionNs);
}

const timelineCaption =
  'A bar begins where the median boot had come to and is as long as the phase’s median duration; the line over its end is the interval of that median, where there is one. Each tick below is one boot, a diamond an outlier, a triangle at the edge an outlier beyond the axis. The grey bar is the time before the first phase; a broken bar is longer than drawn.';

/** Where instructions are the clock, they come before the host's times. */
function logicalPhases(report: Report, next: () => string): Content[] {
  return report.summary.subjects.flatMap(({ key, label }) => {
    const table = logicalPhaseTable(report, key);
    if (table === null) return [];
    return together(report.run.subjects.length > 1 ? `Phases in instructions: ${label}` : 'Phases in instructions', [tableTitle(next(), 'Instructions that the guest had made at the symbol of each phase, and from it to the next, as medians over the boots.'), plainTable(table)]);
  });
}

function timelines(report: Report, next: () => string): Content[] {
  const measured = report.summary.subjects.filter((subject) => !isControl(report, subject));
  return measured.flatMap((subject, position) => {
    const title = measured.length > 1 ? `Boot timeline: ${subject.label}` : 'Boot timeline';
    return together(title, [figure(next(), timelineImage(report, subject, contentWidth), position === 0 ? `${isLogicalTime(report) ? `These are ${HOST_TIMES}. ` : ''}${timelineCaption}` : `The same for ${subject.label}.`)]);
  });
}

function isControl({ run }: Report, { key }: SubjectSummary): boolean {
  return run.subjects.find((subject) => subject.key === key)?.control ?? false;
}

function distribution(report: Report, next: () => string): Content[] {
  if (report.summary.subjects.every((subject) => subject.boot === null)) return [];
  const caption = 'Every complete boot as a dot. The line is the median, the band its interval, where there is one; a ring marks an outlier. Dots are moved up or down only to be told apart.';
  return together('Distribution of boots', [figure(next(), distributionImage(report, contentWidth), caption)]);
}

function comparisons(report: Report, nextFigure: () => string, nextTable: () => string): Content[] {
  const label = (key: string): string => report.summary.subjects.find((subject) => subject.key === key)?.label ?? key;
  const pairs = [...new Set(report.summary.comparisons.map((comparison) => comparison.b))];
  return pairs.flatMap((b) => {
    const rows = report.summary.comparisons.filter((comparison) => comparison.b === b);
    const title = `${label(b)} against ${label(rows[0]?.a ?? '')}`;
    const caption = 'Ratios of medians with their intervals, on a logarithmic axis. A filled dot is a difference that these boots show.';
    return [
      ...together(title, [figure(nextFigure(), intervalsImage(report, b, contentWidth), caption)]),
      headlineOf(tableTitle(nextTable(), 'The same in numbers. p is not corrected for the number of metrics; the conclusion is.', [0, 12, 0, 4])),
      comparisonTableContent(report, rows),
    ];
  });
}

function phases(report: Report, next: () => string): Content[] {
  return report.summary.subjects.flatMap((subject, position) => {
    const explanation = position === 0 ? ` A phase lasts from the stamp of the phase before it to its own, the first from the start${isKnown(report.run, 'machine') ? ' of QEMU' : ''}. Outliers are named by the number of the boot.` : '';
    const title = tableTitle(next(), `Durations of the phases of ${subject.label} in ms.${explanation}`);
    const table = phaseTableContent(subject, isKnown(report.run, 'machine'));
    const fits = linesOf(subject.phases.map((phase) => phase.title), 24) <= LINES_ON_A_PAGE;
    const parts: Content[] = fits ? [{ unbreakable: true, margin: [0, position === 0 ? 0 : 12, 0, 0], stack: [...(position === 0 ? [{ text: 'Phases', style: 'heading' }] : []), title, table] }] : [headlineOf(title), table];
    return position === 0 && !fits ? heading('Phases', ...parts) : parts;
  });
}

function published(report: Report, next: () => string): Content[] {
  if (verdictRows(report).length === 0) return together('Published values', [{ text: 'No published value and no baseline of this machine speaks of this guest.' }]);
  const caption = 'VERIFIED: error below 10 %, PLAUSIBLE: up to 20 %, NEEDS_VALIDATION: above, INDETERMINATE: instrument, interval or environment cannot decide.';
  return heading('Published values', headlineOf(tableTitle(next(), caption)), verdictTableContent(report));
}

function rawSamples(report: Report, next: () => string): Content[] {
  const caption = `Stamp of each phase in ms since the start${isKnown(report.run, 'machine') ? ' of QEMU' : ''}. Letters are those of the table of phases; phases that print nothing have none. Boots are numbered as in the JSON, “Of” is the subject, “Load” the load average before the boot.`;
  return heading('Raw samples', headlineOf(tableTitle(next(), caption)), ...sampleTables(report));
}
