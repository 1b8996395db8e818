import { textWidth, type ChartSize } from './bootTimeline.ts';
import type { ChartPalette } from './palette.ts';
import { drawPicture, fitting, label, line, rectangle, type Picture } from './picture.ts';

/** One bar: `value` of `most` is how long it is, `text` is what is written behind it. */
export interface Bar {
  readonly title: string;
  readonly value: number;
  readonly text: string;
  /** An interval around the value, where it has one. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export function barsHeight(bars: number, palette: ChartPalette): number {
  return palette.fontSize * (bars * 1.7 + 0.6);
}

/** Bars from left to right, a row each, from 0 to `most`: a ranking of calls, ratios of hits. */
export function barChart(bars: readonly Bar[], most: number, palette: ChartPalette, size: ChartSize): Picture {
  const unit = palette.fontSize;
  const left = Math.min(Math.max(0, ...bars.map(({ title }) => textWidth(title, palette))) + unit, size.width * 0.34);
  const right = Math.max(0, ...bars.map(({ text }) => textWidth(text, palette))) + unit;
  const room = Math.max(unit, size.width - left - right);
  const x = (value: number): number => left + (most > 0 ? Math.min(1, Math.max(0, value / most)) : 0) * room;
  return drawPicture(size, [
    line(left, 0, left, size.height, palette.grid, unit * 0.1),
    ...bars.map(({ title, value, text, interval }, row) => {
      const middle = unit * (row * 1.7 + 1.1);
      const end = Math.max(x(value), value > 0 ? left + unit * 0.15 : left);
      const whisker = interval === null || interval.high === interval.low ? '' : line(x(interval.low), middle, x(interval.high), middle, palette.ink, unit * 0.12);
      return [
        label(fitting(title, left - unit, palette), 0, middle, palette.ink, palette),
        rectangle(left, middle - unit * 0.55, end - left, unit * 1.1, palette.accentSoft),
        whisker,
        label(text, Math.max(end, interval === null ? 0 : x(interval.high)) + unit * 0.5, middle, palette.ink, palette),
      ].join('');
    }),
  ]);
}
