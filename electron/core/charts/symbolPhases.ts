import type { PhaseTable, Sample } from '../../contract/measurements.ts';
import { linearAxis, marks, markText } from './axis.ts';
import { textWidth, type ChartSize } from './bootTimeline.ts';
import type { ChartPalette } from './palette.ts';
import { dot, drawPicture, fitting, label, line, type Picture } from './picture.ts';

/** One phase of one boot: when its symbol was reached and when its line began, in ns since the spawn of QEMU. */
export interface SymbolPhase {
  readonly name: string;
  readonly title: string;
  readonly symbol: string | null;
  readonly symbolNs: number | null;
  readonly instructions: number | null;
  readonly lineNs: number | null;
}

/** Phases of a sample that have a line, a symbol or both; none where no symbol was stamped. */
export function symbolPhases({ phases }: Sample, table: PhaseTable): SymbolPhase[] {
  const rows = table.phases.map(({ name, title, symbol }): SymbolPhase => {
    const stamp = phases.find((candidate) => candidate.name === name);
    return {
      name,
      title,
      symbol: stamp?.symbol?.symbol ?? symbol ?? null,
      symbolNs: stamp?.symbol?.atNs ?? null,
      instructions: stamp?.symbol?.instructions ?? null,
      lineNs: stamp?.status === 'seen' ? stamp.atNs : null,
    };
  });
  return rows.some(({ symbolNs }) => symbolNs !== null) ? rows : [];
}

export function symbolPhasesHeight(rows: number, palette: ChartPalette): number {
  return palette.fontSize * (rows * 1.7 + 4);
}

/** The axis in milliseconds, over both kinds of stamps. */
export function symbolPhasesAxis(rows: readonly SymbolPhase[]): ReturnType<typeof linearAxis> {
  const times = rows.flatMap(({ symbolNs, lineNs }) => [symbolNs, lineNs].flatMap((ns) => (ns === null ? [] : [ns / 1e6])));
  return linearAxis(Math.min(...times), Math.max(...times), 6);
}

/** A row for each phase: a filled dot at the symbol, a ring at the line, and what lies between. */
export function symbolPhasesChart(rows: readonly SymbolPhase[], palette: ChartPalette, size: ChartSize): Picture {
  const unit = palette.fontSize;
  const left = Math.min(Math.max(...rows.map(({ title }) => textWidth(title, palette))) + unit * 1.5, size.width * 0.34);
  const axis = symbolPhasesAxis(rows);
  const right = size.width - unit * 2;
  const bottom = unit * (rows.length * 1.7 + 0.6);
  const x = (ns: number): number => left + ((ns / 1e6 - axis.min) / (axis.max - axis.min)) * (right - left);
  return drawPicture(size, [
    ...marks(axis).map((time) => line(x(time * 1e6), 0, x(time * 1e6), bottom, palette.grid, unit * 0.08) + label(markText(time, axis.step), x(time * 1e6), bottom + unit, palette.muted, palette, 'middle')),
    label('ms since the start of QEMU', (left + right) / 2, bottom + unit * 2.4, palette.muted, palette, 'middle'),
    ...rows.map(({ title, symbolNs, lineNs }, row) => {
      const middle = unit * (row * 1.7 + 1.1);
      return [
        label(fitting(title, left - unit, palette), 0, middle, palette.ink, palette),
        symbolNs === null || lineNs === null ? '' : line(x(symbolNs), middle, x(lineNs), middle, palette.accentSoft, unit * 0.35),
        lineNs === null ? '' : dot(x(lineNs), middle, unit * 0.36, '#ffffff', palette.ink),
        symbolNs === null ? '' : dot(x(symbolNs), middle, unit * 0.36, palette.accent, palette.accent),
      ].join('');
    }),
  ]);
}
