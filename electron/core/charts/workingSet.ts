import type { Sample } from '../../contract/measurements.ts';
import { linearAxis, marks, markText } from './axis.ts';
import type { ChartSize } from './bootTimeline.ts';
import type { ChartPalette } from './palette.ts';
import { drawPicture, label, line, pixels, stroke, type Picture } from './picture.ts';

/**
 * Distinct pages in each step of one sample, where the step ends: in millions of instructions since the window's begin, or, in runs
 * from before steps were of instructions, in milliseconds since the first step.
 */
export interface WorkingSetLine {
  readonly sample: number;
  readonly unit: 'million instructions' | 'ms';
  readonly points: readonly { readonly at: number; readonly pages: number }[];
}

/** The working sets of samples that have one, each from its own first step on. */
export function workingSetLines(samples: readonly Sample[]): WorkingSetLine[] {
  return samples.flatMap(({ index, metrics }) => {
    const steps = metrics?.memory?.model?.workingSet ?? [];
    const begin = steps[0]?.atNs ?? 0;
    const unit = metrics?.memory?.model?.stepInstructions === undefined ? 'ms' : 'million instructions';
    return steps.length === 0 ? [] : [{ sample: index, unit, points: steps.map(({ atNs, pages, instructions }) => ({ at: (unit === 'ms' ? atNs - begin : (instructions ?? 0)) / 1e6, pages })) }];
  });
}

/** The axes' marks: pages upwards, instructions or time to the right. */
export function workingSetAxes(lines: readonly WorkingSetLine[]): { pages: ReturnType<typeof linearAxis>; along: ReturnType<typeof linearAxis> } {
  const points = lines.flatMap(({ points: own }) => own);
  return {
    pages: linearAxis(0, Math.max(1, ...points.map(({ pages }) => pages)), 4),
    along: linearAxis(0, Math.max(1, ...points.map(({ at }) => at)), 6),
  };
}

export function workingSetHeight(palette: ChartPalette): number {
  return palette.fontSize * 18;
}

/** Distinct pages of 4 KiB touched in each step: a line for each sample, the first in the accent. */
export function workingSetChart(lines: readonly WorkingSetLine[], palette: ChartPalette, size: ChartSize): Picture {
  const unit = palette.fontSize;
  const plot = { left: unit * 5, right: size.width - unit * 2, top: unit * 2, bottom: size.height - unit * 3.2 };
  const axes = workingSetAxes(lines);
  const x = (at: number): number => plot.left + (at / axes.along.max) * (plot.right - plot.left);
  const y = (pages: number): number => plot.bottom - (pages / axes.pages.max) * (plot.bottom - plot.top);
  return drawPicture(size, [
    ...marks(axes.pages).map((pages) => line(plot.left, y(pages), plot.right, y(pages), palette.grid, unit * 0.08) + label(markText(pages, axes.pages.step), plot.left - unit * 0.6, y(pages), palette.muted, palette, 'end')),
    ...marks(axes.along).map((at) => label(markText(at, axes.along.step), x(at), plot.bottom + unit, palette.muted, palette, 'middle')),
    label('pages', plot.left - unit * 0.6, unit * 0.8, palette.muted, palette, 'end'),
    label(lines[0]?.unit === 'ms' ? 'ms since the first step' : 'million instructions since the window began', (plot.left + plot.right) / 2, plot.bottom + unit * 2.4, palette.muted, palette, 'middle'),
    ...lines.map(({ points }, at) => stroke(stepsOf(points, x, y), at === 0 ? palette.accent : palette.accentSoft, unit * (at === 0 ? 0.18 : 0.1))).toReversed(),
  ]);
}

function stepsOf(points: WorkingSetLine['points'], x: (value: number) => number, y: (value: number) => number): string {
  const [first] = points;
  if (first === undefined) return '';
  // One step alone is a line of its own length, so that it can be seen.
  const path = points.map(({ at, pages }, place) => `${place === 0 ? 'M' : 'L'}${pixels(x(at))} ${pixels(y(pages))}`).join('');
  return points.length === 1 ? `${path}h4` : path;
}
