import type { Distribution } from '../../contract/metrics.ts';
import type { ChartSize } from './bootTimeline.ts';
import { formatAmount } from './numbers.ts';
import type { ChartPalette } from './palette.ts';
import { drawPicture, label, line, rectangle, type Picture } from './picture.ts';

export interface HistogramInput {
  readonly distribution: Distribution;
  readonly unit: 'ns' | 'instructions';
}

/** A bar of equal width on a logarithmic axis: values from `low` to `high`. */
export interface HistogramBar {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

const BARS = 48;
/** Logarithms need something above 0. */
const least = (value: number): number => Math.max(value, 0.5);

/** The buckets of a distribution as bars that are equally wide on a logarithmic axis. A bucket belongs where its middle is. */
export function histogramBars({ min, max, buckets }: Distribution): HistogramBar[] {
  const [from, to] = logRange(min, max);
  const counts = new Array<number>(BARS).fill(0);
  for (const [low, high, count] of buckets) {
    const middle = Math.log10(least((low + high) / 2));
    const at = Math.min(BARS - 1, Math.max(0, Math.floor(((middle - from) / (to - from)) * BARS)));
    counts[at] = (counts[at] ?? 0) + count;
  }
  const edge = (at: number): number => 10 ** (from + ((to - from) * at) / BARS);
  return counts.map((count, at) => ({ low: edge(at), high: edge(at + 1), count }));
}

/** Powers of ten that hold all values, at least a fifth of a decade around one value. */
function logRange(min: number, max: number): [number, number] {
  const [low, high] = [Math.log10(least(min)) - 0.05, Math.log10(least(max)) + 0.05];
  return high - low < 0.2 ? [low - 0.1, high + 0.1] : [low, high];
}

/** What stands below the axis: 1, 2 and 5 of each power of ten where there is room, else the powers alone. */
export function histogramMarks({ distribution: { min, max }, unit }: HistogramInput): { value: number; text: string }[] {
  const [from, to] = logRange(min, max);
  const factors = to - from > 2.5 ? [1] : to - from > 0.6 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
  const step = to - from > 8 ? 2 : 1;
  const decades = Array.from({ length: Math.ceil(to) - Math.floor(from) + 1 }, (_, at) => Math.floor(from) + at).filter((decade) => decade % step === 0);
  const values = decades.flatMap((decade) => factors.map((factor) => factor * 10 ** decade)).filter((value) => value >= 1 && Math.log10(value) >= from && Math.log10(value) <= to);
  return values.map((value) => ({ value, text: markAmount(value, unit) }));
}

function markAmount(value: number, unit: HistogramInput['unit']): string {
  return unit === 'ns' ? shortDuration(value) : formatAmount(value, 'count');
}

/** `500 ns`, `2 µs`: marks are round numbers. */
function shortDuration(ns: number): string {
  const [unit, name] = ns >= 1e9 ? [1e9, 's'] : ns >= 1e6 ? [1e6, 'ms'] : ns >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  return `${Number((ns / unit).toPrecision(3))} ${name}`;
}

export function histogramHeight(palette: ChartPalette): number {
  return palette.fontSize * 13;
}

/** How often each latency was, on a logarithmic axis, with lines at the median and at the percentiles 95 and 99. */
export function latencyHistogram(input: HistogramInput, palette: ChartPalette, size: ChartSize): Picture {
  const { distribution } = input;
  const unit = palette.fontSize;
  const plot = { left: unit, right: size.width - unit, top: unit * 2.2, bottom: size.height - unit * 2 };
  const [from, to] = logRange(distribution.min, distribution.max);
  const x = (value: number): number => plot.left + ((Math.log10(least(value)) - from) / (to - from)) * (plot.right - plot.left);
  const bars = histogramBars(distribution);
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const percentiles = [{ name: 'median', value: distribution.median }, { name: 'p95', value: distribution.p95 }, { name: 'p99', value: distribution.p99 }];
  return drawPicture(size, [
    ...bars.filter(({ count }) => count > 0).map(({ low, high, count }) => {
      // What is not nothing can be seen.
      const height = Math.max(unit * 0.15, (count / most) * (plot.bottom - plot.top));
      return rectangle(x(low) + 0.3, plot.bottom - height, x(high) - x(low) - 0.6, height, palette.accentSoft);
    }),
    line(plot.left, plot.bottom, plot.right, plot.bottom, palette.muted, unit * 0.07),
    ...spaced(histogramMarks(input), x, unit).map(({ value, text }) => line(x(value), plot.bottom, x(value), plot.bottom + unit * 0.4, palette.muted, unit * 0.07) + label(text, x(value), plot.bottom + unit * 1.1, palette.muted, palette, 'middle')),
    ...percentiles.map(({ name, value }, at) => {
      // Near the right edge a name stands before its line.
      const isLast = x(value) + unit * (0.3 + name.length * 0.6) > size.width;
      return line(x(value), unit * (0.5 + at * 0.7), x(value), plot.bottom, at === 0 ? palette.accent : palette.ink, unit * 0.1) + label(name, x(value) + unit * (isLast ? -0.3 : 0.3), unit * (0.6 + at * 0.75), palette.ink, palette, isLast ? 'end' : 'start');
    }),
  ]);
}

function spaced<Mark extends { value: number; text: string }>(marks: readonly Mark[], x: (value: number) => number, unit: number): Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks) {
    const before = kept.at(-1);
    const room = (mark.text.length + (before?.text.length ?? 0)) * unit * 0.3 + unit * 0.8;
    if (before === undefined || x(mark.value) - x(before.value) >= room) kept.push(mark);
  }
  return kept;
}
