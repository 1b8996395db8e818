import { linearAxis, marks, markText } from './axis.ts';
import { formatDuration } from './numbers.ts';
import type { ChartPalette } from './palette.ts';
import { box, diamond, group, pointer, segment, shortened, strokes, surface, whisker, words, type ChartOption, type CustomSeries, type RenderApi, type Shape } from './shapes.ts';
import { timelineRows, type TimelineInput, type TimelineRow } from './timelineRows.ts';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** How high a timeline of so many phases wants to be. */
export function bootTimelineHeight(phases: number, palette: ChartPalette): number {
  return Math.round((phases * 2.2 + 3.9) * palette.fontSize);
}

/**
 * The boot timeline: one row a phase, as a waterfall from the first phase's stamp (0 on the axis). A bar is as long as the
 * phase's median duration and begins where the median boot had come to; the thin line over its end is the interval of that
 * median, each tick below is one boot, a diamond an outlier. The durations stand in a column of their own, as in a table. The muted bar left of 0 is what came before the system itself.
 */
export function bootTimelineOption(input: TimelineInput, palette: ChartPalette, size: ChartSize): ChartOption {
  const rows = timelineRows(input);
  const extent = timelineExtent(rows, size, palette);
  const layout = timelineLayout(rows, extent, palette, size);
  const values = marks({ min: extent.cut ? 0 : Math.ceil(extent.min / extent.step) * extent.step, max: extent.max, step: extent.step });
  const text = { color: palette.muted, fontFamily: palette.fontFamily, fontSize: palette.fontSize };
  return {
    animation: false,
    backgroundColor: palette.background,
    aria: { enabled: true, label: { description: describeTimeline(rows) } },
    grid: { left: layout.left, right: layout.right, top: palette.fontSize * 0.5, bottom: palette.fontSize * 3.4, containLabel: false, outerBoundsMode: 'none' },
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true, formatter: ({ dataIndex }: { dataIndex: number }) => tooltipOf(rows[dataIndex]) },
    xAxis: {
      type: 'value',
      min: extent.min,
      max: extent.max,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text, customValues: extent.empty ? [] : values, hideOverlap: true, formatter: (value: number) => markText(value, extent.step) },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => row.title),
      axisLine: { show: false },
      axisTick: { show: false },
      // Titles are drawn with their rows, so that they stand on one line with the bars.
      axisLabel: { show: false },
      splitLine: { show: false },
    },
    series: [
      gridSeries(values, 'ms since the first phase', palette),
      {
        type: 'custom',
        name: 'Phases',
        clip: false,
        data: rows.map((row, index) => ({ name: row.title, value: [row.start, index, row.median ?? Number.NaN, row.low ?? Number.NaN, row.high ?? Number.NaN] })),
        encode: { x: [0, 2], y: 1 },
        renderItem: ({ dataIndex, coordSys }, api) => {
          const row = rows[dataIndex];
          return row === undefined ? null : drawRow(row, dataIndex, { palette, extent, api, titles: layout.titles, left: coordSys.x, right: coordSys.x + coordSys.width });
        },
      },
    ],
  };
}

/** Vertical lines at the axis' numbers, behind everything, and under its right end what the axis shows. */
export function gridSeries(values: readonly number[], axisName: string, palette: ChartPalette): CustomSeries {
  return {
    type: 'custom',
    name: 'Grid',
    silent: true,
    clip: false,
    z: 0,
    data: values.map((value) => ({ name: '', value: [value, 0] })),
    encode: { x: 0, y: 1 },
    tooltip: { show: false },
    renderItem: ({ dataIndex, coordSys }, api) => {
      const [x = 0] = api.coord([values[dataIndex] ?? 0, 0]);
      const bottom = coordSys.y + coordSys.height;
      const line = strokes(segment(x, coordSys.y, x, bottom), { stroke: palette.grid, lineWidth: palette.fontSize / 12 });
      const name = words(axisName, coordSys.x + coordSys.width, bottom + palette.fontSize * 2.7, palette.muted, palette, 'right');
      return group([line, dataIndex === 0 ? name : null]);
    },
  };
}

interface Extent {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** True when the firmware's bar is longer than its place and is drawn with a break. */
  readonly cut: boolean;
  /** True while no phase is known: the axis has no numbers yet. */
  readonly empty: boolean;
}

/** The axis covers all bars, intervals and near boots. A far outlier does not flatten the rest: it gets a pointer at the edge. */
function timelineExtent(rows: readonly TimelineRow[], size: ChartSize, palette: ChartPalette): Extent {
  const system = rows.filter((row) => !row.firmware);
  const high = Math.max(0, ...system.flatMap((row) => [row.start, row.median ?? 0, row.high ?? 0, row.live ?? 0, ...row.boots]));
  const near = Math.max(high, ...system.flatMap((row) => row.outliers).filter((at) => at <= high * 1.4));
  const firmware = -(rows.find((row) => row.firmware)?.start ?? 0);
  const cut = firmware > near * 0.3;
  const axis = linearAxis(0, near > 0 ? near : 1, Math.min(8, Math.max(2, Math.floor((size.width * 0.6) / (palette.fontSize * 6)))));
  // A cut bar gets a tenth of the plot, whatever its length.
  const before = cut ? axis.max * 0.1 : firmware;
  return { min: -before, max: axis.max, step: axis.step, cut, empty: near === 0 && firmware === 0 };
}

/** Titles, then durations, at the left; at the right as much room as the last notes need beyond the axis. */
function timelineLayout(rows: readonly TimelineRow[], extent: Extent, palette: ChartPalette, size: ChartSize): { titles: number; left: number; right: number } {
  const widest = Math.max(...rows.map((row) => textWidth(row.title, palette)));
  const titles = Math.min(widest + palette.fontSize, size.width * 0.34);
  const left = titles + Math.max(0, ...rows.map((row) => (isTimed(row) ? textWidth(row.label, palette) : 0))) + palette.fontSize;
  const available = size.width - left;
  const needed = rows.map((row) => {
    const text = isTimed(row) ? row.note : row.label;
    if (text === '') return 0;
    const share = ((row.firmware && extent.cut ? 0 : notePosition(row)) - extent.min) / (extent.max - extent.min);
    const room = textWidth(text, palette) + palette.fontSize * 1.5;
    return share <= 0 ? 0 : available - (available - room) / share;
  });
  // The last number of the axis stands under its end, half of it beyond.
  const half = textWidth(String(Math.round(extent.max)), palette) / 2;
  return { titles, left, right: Math.min(Math.max(palette.fontSize, half, ...needed), size.width * 0.3) };
}

/** A row with a duration; the label of any other says why it has none, and stands in the plot. */
function isTimed(row: TimelineRow): boolean {
  return row.state === 'measured' || row.state === 'live';
}

/** An estimate that needs no fonts: a letter is 0.6 of the size wide. */
export function textWidth(text: string, palette: ChartPalette): number {
  return text.length * palette.fontSize * 0.6;
}

function notePosition(row: TimelineRow): number {
  return Math.max(row.median ?? row.start, row.high ?? row.start, row.state === 'live' ? (row.live ?? row.start) : row.start);
}

function isQuiet(row: TimelineRow): boolean {
  return row.state === 'unobservable' || row.state === 'missing';
}

interface Canvas {
  readonly palette: ChartPalette;
  readonly extent: Extent;
  readonly api: RenderApi;
  /** How wide the titles may be. */
  readonly titles: number;
  readonly left: number;
  readonly right: number;
}

function drawRow(row: TimelineRow, index: number, canvas: Canvas): Shape {
  const { palette, api } = canvas;
  const unit = palette.fontSize / 12;
  const x = (value: number): number => Math.max(api.coord([value, index])[0] ?? 0, canvas.left);
  const centre = api.coord([0, index])[1] ?? 0;
  const y = { bar: centre - 2.5 * unit, half: 5.5 * unit, boots: centre + 7 * unit };
  const title = shortened(row.title, 0, y.bar, canvas.titles - palette.fontSize, isQuiet(row) ? palette.muted : palette.ink, palette);
  if (row.state === 'unobservable') return group([title, words(row.label, x(row.start) + 4 * unit, y.bar, palette.muted, palette)]);
  if (row.state === 'missing') return group([title, drawMissing(row, x(0), y, unit, canvas)]);
  return row.state === 'waiting' ? title : group([title, drawTimed(row, x, y, unit, canvas)]);
}

/** A row with a duration: its bar, its boots, the duration itself and what is to be noted. */
function drawTimed(row: TimelineRow, x: (value: number) => number, y: Levels, unit: number, canvas: Canvas): Shape {
  const { palette, extent, left } = canvas;
  const cut = row.firmware && extent.cut;
  const end = cut ? x(0) : x(notePosition(row));
  return group([
    strokes(segment(left, y.bar, x(row.start), y.bar), { stroke: palette.grid, lineWidth: unit }),
    row.state === 'live' ? drawLiveBar(row, x, y, canvas) : drawBar(row, x, y, unit, canvas),
    cut ? null : drawBoots(row, x, y.boots, unit, canvas),
    words(row.label, left - palette.fontSize * 0.75, y.bar, palette.ink, palette, 'right'),
    row.note === '' ? null : words(row.note, end + 6 * unit, y.bar, palette.muted, palette),
  ]);
}

interface Levels {
  readonly bar: number;
  readonly half: number;
  readonly boots: number;
}

function drawBar(row: TimelineRow, x: (value: number) => number, y: Levels, unit: number, { palette, extent, left }: Canvas): Shape {
  const [start, end] = [x(row.start), x(row.median ?? row.start)];
  const [top, bottom] = [y.bar - y.half, y.bar + y.half];
  const cut = row.firmware && extent.cut;
  // The end of a cut bar is at 0 and not to scale, so that its spread cannot be drawn; the table has it.
  const interval = cut || row.low === null || row.high === null ? '' : whisker(x(row.low), x(row.high), y.bar, 2.5 * unit);
  return group([
    box(start, top, end, bottom, { fill: row.firmware ? palette.neutral : palette.accentSoft }),
    strokes(segment(end, top, end, bottom), { stroke: row.firmware ? palette.muted : palette.accent, lineWidth: 2 * unit }),
    cut ? drawBreak(left + 9 * unit, top, bottom, unit, palette) : null,
    strokes(interval, { stroke: palette.ink, lineWidth: unit }),
  ]);
}

/** Two slanted strokes across a bar that is longer than it is drawn. */
function drawBreak(x: number, top: number, bottom: number, unit: number, palette: ChartPalette): Shape {
  const slanted = (at: number): string => segment(at - 2 * unit, bottom + 2 * unit, at + 2 * unit, top - 2 * unit);
  return group([strokes(slanted(x) + slanted(x + 4 * unit), { stroke: palette.muted, lineWidth: unit })]);
}

function drawLiveBar(row: TimelineRow, x: (value: number) => number, y: Levels, { palette }: Canvas): Shape {
  const style = { fill: 'none', stroke: row.firmware ? palette.muted : palette.accent, lineWidth: palette.fontSize / 12 };
  return box(x(row.start), y.bar - y.half, x(row.live ?? row.start), y.bar + y.half, style);
}

function drawMissing(row: TimelineRow, from: number, y: Levels, unit: number, { palette, right }: Canvas): Shape {
  const style = { fill: 'none', stroke: palette.muted, lineWidth: unit, lineDash: [3 * unit, 3 * unit] };
  return group([box(from, y.bar - y.half - 1.5 * unit, right, y.bar + y.half + 1.5 * unit, style), words(row.label, from + 6 * unit, y.bar, palette.ink, palette)]);
}

function drawBoots(row: TimelineRow, x: (value: number) => number, y: number, unit: number, { palette, extent, right }: Canvas): Shape {
  const ticks = row.boots.map((at) => segment(x(at), y - 2.2 * unit, x(at), y + 2.2 * unit)).join('');
  const inside = row.outliers.filter((at) => at >= extent.min && at <= extent.max);
  const beyond = row.outliers.filter((at) => at > extent.max);
  const live = row.live !== null && row.state === 'measured' ? x(row.live) : null;
  return group([
    strokes(ticks, { stroke: palette.muted, lineWidth: 0.9 * unit }),
    strokes(inside.map((at) => diamond(x(at), y, 3.4 * unit)).join(''), { stroke: palette.ink, lineWidth: 1.2 * unit }),
    beyond.length === 0 ? null : surface(pointer(right, y, 3.2 * unit, 1), { fill: palette.ink }),
    live === null ? null : { type: 'circle', shape: { cx: live, cy: y, r: 2.6 * unit }, style: { fill: 'none', stroke: palette.accent, lineWidth: 1.2 * unit } },
  ]);
}

/** What a pointer at a row shows; plain text, since it may contain what a guest is called. */
function tooltipOf(row: TimelineRow | undefined): string {
  if (row === undefined) return '';
  const interval = row.low === null || row.high === null ? [] : [`interval of the median ${lengthOf(row, row.low)} to ${lengthOf(row, row.high)}`];
  const boots = row.boots.length + row.outliers.length;
  const counted = boots === 0 ? [] : [`${boots} boots, ${row.outliers.length} of them outliers`];
  return [row.title, [row.label, row.note].filter((part) => part !== '').join(' '), ...interval, ...counted].filter((line) => line !== '').join('\n');
}

function lengthOf(row: TimelineRow, position: number): string {
  return formatDuration(Math.round((position - row.start) * 1e6));
}

/** The picture in words, for those who do not see it. */
function describeTimeline(rows: readonly TimelineRow[]): string {
  const spoken = rows.filter((row) => row.label !== '').map((row) => `${row.title}: ${[row.label, row.note].filter((part) => part !== '').join(', ')}`);
  return spoken.length === 0 ? 'Boot timeline, waiting for the first phase.' : `Boot timeline. ${spoken.join('. ')}.`;
}
