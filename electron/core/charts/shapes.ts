import type { ChartPalette } from './palette.ts';

/**
 * The part of a chart library's language that our pictures use, as plain data: an option is given as it is to
 * `setOption` of ECharts 6 with CustomChart, GridComponent, TooltipComponent and AriaComponent registered.
 */
export interface ChartOption {
  readonly [key: string]: unknown;
  readonly series: readonly CustomSeries[];
}

export interface CustomSeries {
  readonly [key: string]: unknown;
  readonly type: 'custom';
  readonly name: string;
  readonly data: readonly Datum[];
  readonly renderItem: (parameters: RenderParameters, api: RenderApi) => Shape | null;
}

/** `value` is what is drawn, in the units of the axes. */
export interface Datum {
  readonly name: string;
  readonly value: readonly number[];
}

export interface RenderParameters {
  readonly dataIndex: number;
  readonly coordSys: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export interface RenderApi {
  coord(point: readonly [number, number]): number[];
  size(extent: readonly [number, number]): number | number[];
}

export interface Style {
  readonly fill?: string;
  readonly stroke?: string;
  readonly lineWidth?: number;
  readonly lineDash?: readonly number[];
}

export type Shape =
  | { readonly type: 'group'; readonly children: readonly Shape[] }
  | { readonly type: 'rect'; readonly shape: { x: number; y: number; width: number; height: number }; readonly style: Style }
  | { readonly type: 'path'; readonly shape: { pathData: string }; readonly style: Style }
  | { readonly type: 'circle'; readonly shape: { cx: number; cy: number; r: number }; readonly style: Style }
  | { readonly type: 'text'; readonly style: TextStyle; readonly silent: true };

interface TextStyle {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly fill: string;
  readonly fontFamily: string;
  readonly fontSize: number;
  readonly textAlign: 'left' | 'center' | 'right';
  readonly textVerticalAlign: 'middle';
  /** With `overflow`: what is longer than `width` pixels ends in an ellipsis. */
  readonly width?: number;
  readonly overflow?: 'truncate';
}

export function group(children: readonly (Shape | null)[]): Shape {
  return { type: 'group', children: children.filter((shape) => shape !== null) };
}

export function box(x0: number, y0: number, x1: number, y1: number, style: Style): Shape {
  return { type: 'rect', shape: { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) }, style };
}

export function strokes(pathData: string, style: Style): Shape | null {
  return pathData === '' ? null : { type: 'path', shape: { pathData }, style: { fill: 'none', ...style } };
}

export function surface(pathData: string, style: Style): Shape | null {
  return pathData === '' ? null : { type: 'path', shape: { pathData }, style };
}

export function words(text: string, x: number, y: number, fill: string, palette: ChartPalette, align: TextStyle['textAlign'] = 'left'): Shape {
  const { fontFamily, fontSize } = palette;
  return { type: 'text', silent: true, style: { text, x, y, fill, fontFamily, fontSize, textAlign: align, textVerticalAlign: 'middle' } };
}

/** Words that end in an ellipsis where they would be wider than `width`. */
export function shortened(text: string, x: number, y: number, width: number, fill: string, palette: ChartPalette): Shape {
  const { fontFamily, fontSize } = palette;
  return { type: 'text', silent: true, style: { text, x, y, fill, fontFamily, fontSize, textAlign: 'left', textVerticalAlign: 'middle', width, overflow: 'truncate' } };
}

/** A line from one point to another as path data. */
export function segment(x0: number, y0: number, x1: number, y1: number): string {
  return `M${short(x0)} ${short(y0)}L${short(x1)} ${short(y1)}`;
}

export function diamond(x: number, y: number, radius: number): string {
  return `M${short(x)} ${short(y - radius)}L${short(x + radius)} ${short(y)}L${short(x)} ${short(y + radius)}L${short(x - radius)} ${short(y)}Z`;
}

/** A mark at the edge of a plot for what lies beyond it; `side` is 1 for the right, -1 for the left. */
export function pointer(x: number, y: number, radius: number, side: 1 | -1): string {
  return `M${short(x)} ${short(y)}L${short(x - side * radius * 1.6)} ${short(y - radius)}L${short(x - side * radius * 1.6)} ${short(y + radius)}Z`;
}

/** A horizontal interval with its two caps. */
export function whisker(low: number, high: number, y: number, cap: number): string {
  return segment(low, y, high, y) + segment(low, y - cap, low, y + cap) + segment(high, y - cap, high, y + cap);
}

function short(pixels: number): string {
  return String(Math.round(pixels * 100) / 100);
}
