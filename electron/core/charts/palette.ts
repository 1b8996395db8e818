/**
 * The colours and type of a chart. The page makes one from its tokens or takes these; print has its own.
 * There is one accent: what else must differ, differs by shape, line or place.
 */
export interface ChartPalette {
  readonly name: 'light' | 'dark' | 'print';
  readonly background: string;
  /** Titles, whiskers and numbers. */
  readonly ink: string;
  /** What is said beside the numbers: axis labels, notes. */
  readonly muted: string;
  readonly grid: string;
  readonly accent: string;
  /** The accent as a surface: a bar under a whisker. */
  readonly accentSoft: string;
  /** A surface that is part of the picture, but not of the answer: the firmware. */
  readonly neutral: string;
  readonly fontFamily: string;
  /** In pixels of the chart; lines and marks grow with it. */
  readonly fontSize: number;
}

const interfaceFonts = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

export const lightPalette: ChartPalette = {
  name: 'light',
  background: 'transparent',
  ink: '#1b2328',
  muted: '#56626b',
  grid: '#e3e8eb',
  accent: '#0b6e69',
  accentSoft: '#9ecfc9',
  neutral: '#d5dbdf',
  fontFamily: interfaceFonts,
  fontSize: 12,
};

export const darkPalette: ChartPalette = {
  name: 'dark',
  background: 'transparent',
  ink: '#e6ecef',
  muted: '#9dabb3',
  grid: '#2b353b',
  accent: '#5cc9bd',
  accentSoft: '#23635e',
  neutral: '#3a464d',
  fontFamily: interfaceFonts,
  fontSize: 12,
};

/** For paper: a document embeds the font under the name `Text`; the accent survives a grey printer. */
export const printPalette: ChartPalette = {
  name: 'print',
  background: 'transparent',
  ink: '#14191c',
  muted: '#545d63',
  grid: '#dfe3e6',
  accent: '#0b5f5a',
  accentSoft: '#a9d2cd',
  neutral: '#dadfe2',
  fontFamily: 'Text',
  fontSize: 8,
};
