import type { Report } from '../../electron/contract/reports.ts';
import { bootDistributionOption } from '../../electron/core/charts/bootDistribution.ts';
import { bootTimelineOption } from '../../electron/core/charts/bootTimeline.ts';
import { histogramMarks } from '../../electron/core/charts/latencyHistogram.ts';
import { formatAmount, formatDuration, formatInterval, formatMilliseconds, formatPercent, formatRatio, formatShare } from '../../electron/core/charts/numbers.ts';
import { printPalette } from '../../electron/core/charts/palette.ts';
import { phaseIntervalsOption } from '../../electron/core/charts/phaseIntervals.ts';
import type { ChartOption } from '../../electron/core/charts/shapes.ts';
import { marks, markText } from '../../electron/core/charts/axis.ts';
import { workingSetAxes, workingSetLines } from '../../electron/core/charts/workingSet.ts';
import { symbolPhases, symbolPhasesAxis } from '../../electron/core/charts/symbolPhases.ts';
import { countedSamples } from '../../electron/core/measurements/bootSeries.ts';
import { latencies } from '../../electron/core/reports/eventTables.ts';
import { ownSamples } from '../../electron/core/reports/subjectProfile.ts';
import { instantText } from '../../electron/host/documents/documentParts.ts';
import { contentWidth } from '../../electron/host/documents/documentStyle.ts';

/** `1,234,567` is one number. */
const number = /\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

export function tokensOf(text: string): string[] {
  return text.match(number) ?? [];
}

/** Every way in which a document may write one number of the JSON; each is a rounding to a stated precision. */
function writings(value: number): string[] {
  const durations = [formatDuration(value), formatMilliseconds(value)];
  const amounts = (['ns', 'count', 'ratio'] as const).map((unit) => formatAmount(value, unit));
  return [String(value), ...durations, ...amounts, formatRatio(Math.abs(value)), formatPercent(value), (value * 100).toFixed(0), value.toPrecision(2), value.toFixed(2), value.toFixed(3), (value / 2 ** 30).toFixed(1)].flatMap(tokensOf);
}

/** All numbers that the JSON has, as a document may write them. */
function allowedTokens(value: unknown, allowed = new Set<string>()): Set<string> {
  if (typeof value === 'number') for (const token of writings(value)) allowed.add(token);
  if (typeof value === 'string') for (const token of tokensOf(value)) allowed.add(token);
  if (typeof value === 'object' && value !== null) {
    const { low, high } = value as { low?: unknown; high?: unknown };
    if (typeof low === 'number' && typeof high === 'number') for (const token of tokensOf(formatInterval({ low, high }))) allowed.add(token);
    for (const element of Object.values(value)) allowedTokens(element, allowed);
  }
  return allowed;
}

function axisTokens(option: ChartOption): string[] {
  const { axisLabel } = option['xAxis'] as { axisLabel: { customValues: number[]; formatter: (value: number) => string } };
  return axisLabel.customValues.map((value) => axisLabel.formatter(value)).flatMap(tokensOf);
}

/** What stands on the axes of the document's figures. */
function figureAxes({ summary, samples, run }: Report): string[] {
  const size = { width: contentWidth, height: 200 };
  const controls = new Set(run.subjects.filter((subject) => subject.control).map((subject) => subject.key));
  return [
    ...summary.subjects.filter((subject) => !controls.has(subject.key)).map((subject) => bootTimelineOption({ summary: subject, samples, phaseTable: run.phaseTable }, printPalette, size)),
    bootDistributionOption({ summary, samples, phaseTable: run.phaseTable }, printPalette, size),
    ...[...new Set(summary.comparisons.map((comparison) => comparison.b))].map((b) =>
      phaseIntervalsOption({ comparisons: summary.comparisons.filter((comparison) => comparison.b === b), phaseTable: run.phaseTable }, printPalette, size)),
  ].flatMap(axisTokens).concat(eventAxes({ summary, samples, run }));
}

/** The same of figures of what instruments saw. */
function eventAxes({ summary, samples, run }: Pick<Report, 'summary' | 'samples' | 'run'>): string[] {
  return summary.subjects.flatMap(({ key, events }) => {
    const counted = countedSamples(samples, key);
    const lines = workingSetLines(counted);
    const { pages, along } = workingSetAxes(lines);
    const rows = counted.flatMap((sample) => [symbolPhases(sample, run.phaseTable)]).find((found) => found.length > 0) ?? [];
    const axes = [...(lines.length === 0 ? [] : [pages, along]), ...(rows.length === 0 ? [] : [symbolPhasesAxis(rows)])];
    const histograms = events === null ? [] : latencies(events).filter(({ unit }) => unit === 'ns').flatMap(({ distribution, unit }) => histogramMarks({ distribution, unit }).map(({ text }) => text));
    return [...axes.flatMap((axis) => marks(axis).map((mark) => markText(mark, axis.step))), ...histograms].flatMap(tokensOf);
  });
}

/** Numbers of the text that are neither page numbers, numbers of figures and tables, axes, names nor values of the JSON. */
export function strangeNumbers(report: Report, pages: readonly string[]): string[] {
  const whole = JSON.stringify(report);
  const text = pages
    .join('\n')
    .replace(/page \d+ of \d+/g, '')
    .replace(/(Figure|Table) \d+\./g, '')
    .replace(/error below 10 %, PLAUSIBLE: up to 20 %/g, '')
    .replace(/SHA-256|p9[59]/g, '')
    // An identifier can look like a number with an exponent, and the beginning of a digest ends elsewhere than the digest.
    .replaceAll(report.run.id, '')
    // The JSON has it with milliseconds.
    .replaceAll(instantText(report.createdAt), '')
    .replace(/\b([0-9a-f]{16})…/g, (printed, start: string) => (whole.includes(start) ? '' : printed));
  const axes = figureAxes(report);
  const allowed = allowedTokens(report);
  // Shares of a profile are of its own counts.
  for (const { profile } of report.profiles) for (const { self } of ownSamples(profile)) for (const token of [String(self), formatAmount(self, 'count'), formatShare(self / profile.root.total)].flatMap(tokensOf)) allowed.add(token);
  return tokensOf(text).filter((token) => {
    if (allowed.has(token)) return false;
    const onAxis = axes.indexOf(token);
    if (onAxis !== -1) axes.splice(onAxis, 1);
    return onAxis === -1;
  });
}

