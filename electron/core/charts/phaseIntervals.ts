import type { PhaseTable } from '../../contract/measurements.ts';
import { metricName } from '../../contract/metrics.ts';
import type { Comparison } from '../../contract/summaries.ts';
import { metricWords } from '../measurements/metricNames.ts';
import { linearAxis, marks, markText } from './axis.ts';
import { gridSeries, textWidth, type ChartSize } from './bootTimeline.ts';
import { formatRatio } from './numbers.ts';
import type { ChartPalette } from './palette.ts';
import { group, segment, strokes, whisker, words, type ChartOption, type RenderApi, type Shape } from './shapes.ts';

export type NamedComparison = Comparison & { readonly word?: string };

export interface IntervalsInput {
  /** Comparisons of one pair of subjects; `word` is said instead of the conclusion, where times are not what is compared. */
  readonly comparisons: readonly NamedComparison[];
  readonly phaseTable: Pick<PhaseTable, 'phases'>;
}

/** What a metric of a comparison is called on a page. */
export function metricTitle(metric: string, { phases }: Pick<PhaseTable, 'phases'>): string {
  if (metric === 'boot') return 'Whole boot';
  const known = metricName.safeParse(metric);
  return known.success ? metricWords[known.data].title : (phases.find((phase) => phase.name === metric)?.title ?? metric);
}

export function phaseIntervalsHeight(rows: number, palette: ChartPalette): number {
  return Math.round((rows * 2 + 3.9) * palette.fontSize);
}

/**
 * Ratios of medians around 1, one row a metric, on a logarithmic axis, where twice and half are equally far from 1. A filled
 * dot is a difference that the samples show, a hollow one is not; the conclusion is written beside it.
 */
export function phaseIntervalsOption(input: IntervalsInput, palette: ChartPalette, size: ChartSize): ChartOption {
  const rows = input.comparisons.filter((row) => row.ratio > 0 && Number.isFinite(row.ratio));
  const titles = rows.map((row) => metricTitle(row.metric, input.phaseTable));
  const left = Math.min(Math.max(...titles.map((title) => textWidth(title, palette)), 0) + palette.fontSize * 1.5, size.width * 0.34);
  const right = Math.max(...rows.map((row) => textWidth(conclusionText(row), palette)), 0) + palette.fontSize * 1.5;
  const ratios = ratioMarks(rows, Math.max(3, Math.floor((size.width - left - right) / (palette.fontSize * 6))));
  const positions = ratios.values.map(Math.log2);
  const text = { color: palette.muted, fontFamily: palette.fontFamily, fontSize: palette.fontSize };
  return {
    animation: false,
    backgroundColor: palette.background,
    aria: { enabled: true, label: { description: `Ratios of medians. ${rows.map((row, at) => `${titles[at] ?? ''}: ${conclusionText(row)}`).join('. ')}.` } },
    grid: { left, right, top: palette.fontSize * 0.5, bottom: palette.fontSize * 3.4, containLabel: false, outerBoundsMode: 'none' },
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true, formatter: ({ dataIndex }: { dataIndex: number }) => tooltipOf(rows[dataIndex], titles[dataIndex]) },
    xAxis: {
      type: 'value',
      min: positions[0],
      max: positions.at(-1),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text, customValues: positions, hideOverlap: true, formatter: (value: number) => markText(2 ** value, ratios.step ?? 2 ** value) },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: titles,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text, color: palette.ink, interval: 0, align: 'left', margin: left, width: left - palette.fontSize, overflow: 'truncate' },
      splitLine: { show: false },
    },
    series: [
      gridSeries(positions, 'ratio of medians', palette),
      {
        type: 'custom',
        name: 'Ratios',
        clip: false,
        data: rows.map((row, index) => ({ name: titles[index] ?? '', value: [Math.log2(row.ratio), index, row.ratio, row.interval?.low ?? Number.NaN, row.interval?.high ?? Number.NaN] })),
        encode: { x: 0, y: 1 },
        renderItem: ({ dataIndex, coordSys }, api) => {
          const row = rows[dataIndex];
          return row === undefined ? null : drawRatio(row, dataIndex, coordSys, palette, api);
        },
      },
    ],
  };
}

/** Marks that cover all ratios, their intervals and 1: evenly spaced ratios near 1, powers of 2 or 10 further out. */
function ratioMarks(rows: readonly NamedComparison[], count: number): { values: number[]; step: number | null } {
  const all = [0.95, 1.05, ...rows.flatMap((row) => [row.ratio, row.interval?.low ?? row.ratio, row.interval?.high ?? row.ratio])].filter((ratio) => ratio > 0);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (high / low <= 4) {
    const axis = linearAxis(low, high, count);
    const values = marks(axis).filter((value) => value > 0);
    return { values: values.includes(1) ? values : [...values, 1].toSorted((a, b) => a - b), step: axis.step };
  }
  const base = high / low > 2 ** count ? 10 : 2;
  const [from, to] = [Math.floor(Math.log(low) / Math.log(base) + 1e-9), Math.ceil(Math.log(high) / Math.log(base) - 1e-9)];
  return { values: Array.from({ length: to - from + 1 }, (_, index) => base ** (from + index)), step: null };
}

function conclusionText(row: NamedComparison): string {
  return `${formatRatio(row.ratio)}  ${row.word ?? row.conclusion}`;
}

function drawRatio(row: NamedComparison, index: number, plot: { x: number; y: number; width: number; height: number }, palette: ChartPalette, api: RenderApi): Shape {
  const unit = palette.fontSize / 12;
  const x = (ratio: number): number => api.coord([Math.log2(ratio), index])[0] ?? 0;
  const centre = api.coord([0, index])[1] ?? 0;
  const shows = ['slower', 'faster', 'more', 'fewer'].includes(row.conclusion);
  const interval = row.interval === null || row.interval.low <= 0 ? '' : whisker(x(row.interval.low), x(row.interval.high), centre, 2.5 * unit);
  return group([
    index === 0 ? strokes(segment(x(1), plot.y, x(1), plot.y + plot.height), { stroke: palette.muted, lineWidth: 1.2 * unit }) : null,
    strokes(interval, { stroke: palette.ink, lineWidth: unit }),
    { type: 'circle', shape: { cx: x(row.ratio), cy: centre, r: 3.6 * unit }, style: { fill: shows ? palette.accent : paper(palette), stroke: shows ? palette.accent : palette.ink, lineWidth: 1.2 * unit } },
    words(conclusionText(row), plot.x + plot.width + 10 * unit, centre, shows ? palette.ink : palette.muted, palette),
  ]);
}

/** What a hollow mark is filled with, so that the line under it does not show through. */
function paper(palette: ChartPalette): string {
  return palette.name === 'dark' ? palette.neutral : '#ffffff';
}

function tooltipOf(row: NamedComparison | undefined, title: string | undefined): string {
  if (row === undefined) return '';
  const interval = row.interval === null ? [] : [`interval ${formatRatio(row.interval.low)} to ${formatRatio(row.interval.high)}`];
  return [title ?? row.metric, `${row.b} / ${row.a}: ${conclusionText(row)}`, ...interval].join('\n');
}
