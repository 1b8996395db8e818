import type { ChartSize } from './bootTimeline.ts';
import type { ChartPalette } from './palette.ts';

/** A picture as SVG text that refers to nothing outside; sizes in pixels of the page or points of a document. */
export interface Picture {
  readonly svg: string;
  readonly size: ChartSize;
}

/** Text as it may stand between tags and in attributes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Pixels with two decimals, so that the same picture has the same bytes everywhere. */
export function pixels(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

export function drawPicture(size: ChartSize, parts: readonly string[]): Picture {
  const [width, height] = [pixels(size.width), pixels(size.height)];
  return { size, svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>` };
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${pixels(x)}" y="${pixels(y)}" width="${pixels(Math.max(0, width))}" height="${pixels(Math.max(0, height))}" fill="${fill}"/>`;
}

export function stroke(path: string, colour: string, width: number): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${pixels(width)}"/>`;
}

export function line(x0: number, y0: number, x1: number, y1: number, colour: string, width: number): string {
  return stroke(`M${pixels(x0)} ${pixels(y0)}L${pixels(x1)} ${pixels(y1)}`, colour, width);
}

export function dot(x: number, y: number, radius: number, fill: string, outline: string): string {
  return `<circle cx="${pixels(x)}" cy="${pixels(y)}" r="${pixels(radius)}" fill="${fill}" stroke="${outline}"/>`;
}

/** Words whose middle is at `y`. */
export function label(text: string, x: number, y: number, fill: string, palette: ChartPalette, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  const { fontFamily, fontSize } = palette;
  // 0.35 of the size below the middle is where the letters of most fonts stand.
  return `<text x="${pixels(x)}" y="${pixels(y + fontSize * 0.35)}" font-family="${escapeMarkup(fontFamily)}" font-size="${pixels(fontSize)}" fill="${fill}" text-anchor="${anchor}">${escapeMarkup(text)}</text>`;
}

/** As many letters as have room, with an ellipsis for the others; '' where not even two have. */
export function fitting(text: string, room: number, palette: ChartPalette): string {
  const letters = Math.floor(room / (palette.fontSize * 0.6));
  const all = Array.from(text);
  if (all.length <= letters) return text;
  return letters < 3 ? '' : `${all.slice(0, letters - 1).join('')}…`;
}
