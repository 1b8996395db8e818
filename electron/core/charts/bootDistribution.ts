import type { PhaseTable, Sample } from '../../contract/measurements.ts';
import type { RunSummary, Statistics } from '../../contract/summaries.ts';
import { bootOf, countedSamples } from '../measurements/bootSeries.ts';
import { linearAxis, marks, markText } from './axis.ts';
import { gridSeries, textWidth, type ChartSize } from './bootTimeline.ts';
import { formatDuration, formatInterval, milliseconds } from './numbers.ts';
import type { ChartPalette } from './palette.ts';
import { box, group, segment, strokes, words, type ChartOption, type RenderApi, type Shape } from './shapes.ts';

export interface DistributionInput {
  readonly summary: RunSummary;
  readonly samples: readonly Sample[];
  readonly phaseTable: PhaseTable;
  /** The phases of a subject, where there are several systems. */
  readonly tableOf?: (subject: string) => PhaseTable;
  readonly resolutionNs?: number;
}

/** One lane of the distribution: every complete boot of a subject, in milliseconds from first phase to last. */
export interface DistributionLane {
  readonly label: string;
  readonly statistics: Statistics | null;
  readonly boots: readonly { readonly index: number; readonly milliseconds: number; readonly outlier: boolean }[];
}

export function distributionLanes({ summary, samples, phaseTable, tableOf }: DistributionInput): DistributionLane[] {
  return summary.subjects.map(({ key, label, boot }) => ({
    label,
    statistics: boot,
    boots: countedSamples(samples, key).flatMap((sample) => {
      const time = bootOf(sample, tableOf?.(key) ?? phaseTable);
      return time === null ? [] : [{ index: sample.index, milliseconds: milliseconds(time), outlier: boot?.outliers.includes(sample.index) ?? false }];
    }),
  }));
}

export function bootDistributionHeight(subjects: number, palette: ChartPalette): number {
  return Math.round((subjects * 5 + 3.7) * palette.fontSize);
}

/**
 * Every boot as a dot, a lane for each subject: the median as a line, its interval as a band, outliers as rings.
 * Dots that would cover each other are moved up or down; only their place from left to right has a meaning.
 */
export function bootDistributionOption(input: DistributionInput, palette: ChartPalette, size: ChartSize): ChartOption {
  const lanes = distributionLanes(input);
  const times = lanes.flatMap((lane) => [...lane.boots.map((boot) => boot.milliseconds), ...bandOf(lane)]);
  const labels = lanes.map((lane) => labelOf(lane, input.resolutionNs));
  const left = Math.min(Math.max(...lanes.map((lane) => textWidth(lane.label, palette)), 0) + palette.fontSize * 1.5, size.width * 0.34);
  const right = Math.max(...labels.map(({ interval }) => textWidth(interval, palette)), palette.fontSize * 4) + palette.fontSize * 1.5;
  const count = Math.max(2, Math.floor((size.width - left - right) / (palette.fontSize * 7)));
  const axis = times.length === 0 ? linearAxis(0, 1, count) : linearAxis(Math.min(...times), Math.max(...times), count);
  const text = { color: palette.muted, fontFamily: palette.fontFamily, fontSize: palette.fontSize };
  return {
    animation: false,
    backgroundColor: palette.background,
    aria: { enabled: true, label: { description: `Boot times. ${lanes.map((lane, at) => `${lane.label}: ${labels[at]?.median ?? ''}, ${lane.boots.length} boots`).join('. ')}.` } },
    grid: { left, right, top: palette.fontSize * 0.5, bottom: palette.fontSize * 3.4, containLabel: false, outerBoundsMode: 'none' },
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true, formatter: ({ dataIndex }: { dataIndex: number }) => `${lanes[dataIndex]?.label ?? ''}\n${labels[dataIndex]?.median ?? ''}  ${labels[dataIndex]?.interval ?? ''}` },
    xAxis: {
      type: 'value',
      min: axis.min,
      max: axis.max,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text, customValues: times.length === 0 ? [] : marks(axis), hideOverlap: true, formatter: (value: number) => markText(value, axis.step) },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: lanes.map((lane) => lane.label),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text, color: palette.ink, interval: 0, align: 'left', margin: left, width: left - palette.fontSize, overflow: 'truncate' },
      splitLine: { show: false },
    },
    series: [
      gridSeries(marks(axis), 'ms from first phase to last', palette),
      {
        type: 'custom',
        name: 'Boots',
        clip: false,
        data: lanes.map((lane, index) => ({ name: lane.label, value: [lane.statistics === null ? Number.NaN : milliseconds(lane.statistics.median), index] })),
        encode: { x: 0, y: 1 },
        renderItem: ({ dataIndex, coordSys }, api) => {
          const lane = lanes[dataIndex];
          const label = labels[dataIndex];
          if (lane === undefined || label === undefined) return null;
          return drawLane(lane, label, dataIndex, coordSys.x + coordSys.width, palette, api);
        },
      },
    ],
  };
}

function bandOf({ statistics }: DistributionLane): number[] {
  return statistics?.interval ? [milliseconds(statistics.interval.low), milliseconds(statistics.interval.high)] : [];
}

interface LaneLabel {
  readonly median: string;
  readonly interval: string;
}

function labelOf({ statistics }: DistributionLane, resolutionNs: number | undefined): LaneLabel {
  if (statistics === null) return { median: 'no complete boot', interval: '' };
  const { interval } = statistics;
  return {
    median: formatDuration(statistics.median, resolutionNs),
    interval: interval === null ? '' : formatInterval(interval, resolutionNs),
  };
}

function drawLane(lane: DistributionLane, label: LaneLabel, index: number, right: number, palette: ChartPalette, api: RenderApi): Shape {
  const unit = palette.fontSize / 12;
  const x = (value: number): number => api.coord([value, index])[0] ?? 0;
  const centre = api.coord([0, index])[1] ?? 0;
  const half = 22 * unit;
  const [low, high] = bandOf(lane);
  const middle = lane.statistics === null ? null : x(milliseconds(lane.statistics.median));
  return group([
    low === undefined || high === undefined ? null : box(x(low), centre - half, x(high), centre + half, { fill: palette.accentSoft }),
    middle === null ? null : strokes(segment(middle, centre - half, middle, centre + half), { stroke: palette.accent, lineWidth: 2 * unit }),
    ...drawDots(lane, x, centre, half, unit, palette),
    words(label.median, right + 10 * unit, label.interval === '' ? centre : centre - 8 * unit, palette.ink, palette),
    words(label.interval, right + 10 * unit, centre + 8 * unit, palette.muted, palette),
  ]);
}

function drawDots(lane: DistributionLane, x: (value: number) => number, centre: number, half: number, unit: number, palette: ChartPalette): Shape[] {
  const radius = 2.4 * unit;
  const offsets = swarmOffsets(lane.boots.map((boot) => x(boot.milliseconds)), radius * 2.3, half - radius);
  return lane.boots.flatMap((boot, position) => {
    const place = { cx: x(boot.milliseconds), cy: centre + (offsets[position] ?? 0) };
    const dot: Shape = { type: 'circle', shape: { ...place, r: radius }, style: { fill: palette.ink } };
    const ring: Shape = { type: 'circle', shape: { ...place, r: radius * 2.1 }, style: { fill: 'none', stroke: palette.ink, lineWidth: unit } };
    return boot.outlier ? [dot, ring] : [dot];
  });
}

/**
 * Moves dots that would touch up or down, nearest place first: `positions` and `distance` in pixels. A dot that finds no
 * place within `limit` goes where it covers the others least.
 */
export function swarmOffsets(positions: readonly number[], distance: number, limit: number): number[] {
  const placed: { x: number; y: number }[] = [];
  let first = 0;
  const offsets = positions.map(() => 0);
  const steps = Math.floor(limit / distance);
  const candidates = [0, ...Array.from({ length: steps }, (_, step) => [(step + 1) * distance, -(step + 1) * distance]).flat()];
  for (const index of [...positions.keys()].toSorted((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0))) {
    const x = positions[index] ?? 0;
    // They are placed from left to right: what is further back than a distance touches nothing any more.
    while ((placed[first]?.x ?? x) <= x - distance) first += 1;
    const near = placed.slice(first);
    const room = candidates.map((candidate) => Math.min(distance, ...near.map((other) => Math.hypot(other.x - x, other.y - candidate))));
    const y = candidates[room.findIndex((free) => free >= Math.max(...room) - distance * 0.02)] ?? 0;
    placed.push({ x, y });
    offsets[index] = y;
  }
  return offsets;
}
