import type { Profile } from '../../contract/metrics.ts';
import { flameLayout, ownSums, tintOf, type FlameFrame } from './flame.ts';
import { formatCount, formatShare } from './numbers.ts';
import type { ChartPalette } from './palette.ts';
import { drawPicture, escapeMarkup, fitting, label, pixels, rectangle, type Picture } from './picture.ts';

/** Three surfaces of the one accent: neighbours are told apart, and a grey printer shows them. */
function tints(palette: ChartPalette): readonly string[] {
  return palette.name === 'dark' ? ['#23635e', '#2b7972', '#1c4f4b'] : ['#a9d2cd', '#c4e1dd', '#8fc3bd'];
}

/**
 * What is said of a frame: `kmain, 12.5 % (1,234) of all samples, 3.0 % (296) in itself`; of a function that others called, too,
 * how much it has everywhere (`everywhere`), which is what tables say.
 */
export function frameText({ symbol, total, self }: Pick<FlameFrame, 'symbol' | 'total' | 'self'>, whole: number, everywhere = self): string {
  const share = (samples: number): string => `${formatShare(whole === 0 ? 0 : samples / whole)} (${formatCount(samples)})`;
  return `${symbol}, ${share(total)} of all samples, ${share(self)} in itself${everywhere > self ? ` here, ${share(everywhere)} with all its other callers` : ''}`;
}

const ROW = 1.6;

/** A flame graph for a document: the callers below, without anything to operate. */
export function flamePicture(profile: Profile, palette: ChartPalette, width: number, highest: number): Picture {
  const row = palette.fontSize * ROW;
  const { frames, depth } = flameLayout(profile, { narrowest: 0.4 / width, deepest: Math.max(2, Math.floor(highest / row)) });
  const size = { width, height: depth * row };
  const colours = tints(palette);
  return drawPicture(size, frames.map((frame) => {
    const [x, y, wide] = [frame.start * width, (depth - 1 - frame.depth) * row, frame.width * width];
    const name = fitting(frame.symbol, wide - palette.fontSize * 0.6, palette);
    return rectangle(x, y, wide - Math.min(0.5, wide / 3), row - 0.8, colours[tintOf(frame.symbol, colours.length)] ?? palette.accentSoft) + (name === '' ? '' : label(name, x + palette.fontSize * 0.3, y + row / 2 - 0.4, palette.ink, palette));
  }));
}

export interface FlameWords {
  readonly title: string;
  /** How it was made: the rate, the boots, the certainty. */
  readonly description: string;
}

/**
 * A flame graph that stands alone: every frame can be reached with the tab key, has a name for who listens and a title for who
 * points, and shows its words when it is focused. Nothing in it is a script and nothing is loaded.
 */
export function flameSvg(profile: Profile, { title, description }: FlameWords, palette: ChartPalette, width = 1_200): string {
  const row = palette.fontSize * ROW;
  const { frames, depth, left } = flameLayout(profile);
  const top = palette.fontSize * 5;
  const height = top + depth * row + palette.fontSize * 2;
  const colours = tints(palette);
  const { total } = profile.root;
  const everywhere = ownSums(profile);
  const shapes = frames.map((frame) => {
    const [x, y, wide] = [frame.start * width, top + (depth - 1 - frame.depth) * row, frame.width * width];
    const words = frameText(frame, total, everywhere.get(frame.symbol));
    const name = fitting(frame.symbol, wide - palette.fontSize * 0.6, palette);
    return [
      `<g class="frame" role="listitem" tabindex="0" aria-label="${escapeMarkup(words)}" data-depth="${frame.depth}"><title>${escapeMarkup(words)}</title>`,
      rectangle(x, y, Math.max(0.3, wide - 0.5), row - 1, colours[tintOf(frame.symbol, colours.length)] ?? palette.accentSoft),
      name === '' ? '' : label(name, x + palette.fontSize * 0.3, y + row / 2, palette.ink, palette),
      `<text class="said" x="8" y="${pixels(palette.fontSize * 4.2)}" font-family="${escapeMarkup(palette.fontFamily)}" font-size="${pixels(palette.fontSize)}" fill="${palette.ink}">${escapeMarkup(words)}</text></g>`,
    ].join('');
  });
  const note = left === 0 ? '' : ` ${formatCount(left)} frames are too narrow to be drawn.`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<svg xmlns="http://www.w3.org/2000/svg" role="list" aria-labelledby="title description" width="${width}" height="${pixels(height)}" viewBox="0 0 ${width} ${pixels(height)}">`,
    `<title id="title">${escapeMarkup(title)}</title><desc id="description">${escapeMarkup(description + note)}</desc>`,
    '<style>.said{visibility:hidden}.frame:focus .said,.frame:hover .said{visibility:visible}.frame:focus{outline:none}.frame:focus rect,.frame:hover rect{stroke:#14191c;stroke-width:1.5}</style>',
    `<rect width="${width}" height="${pixels(height)}" fill="#ffffff"/>`,
    label(title, 8, palette.fontSize * 1.2, palette.ink, { ...palette, fontSize: palette.fontSize * 1.25 }),
    label(fitting(description + note, width - 16, palette), 8, palette.fontSize * 2.7, palette.muted, palette),
    ...shapes,
    '</svg>\n',
  ].join('');
}
