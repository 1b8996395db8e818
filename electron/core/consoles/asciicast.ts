import { FIRST_SIZE, type TerminalSize } from './bytePort.ts';

/*
 * A recording of a terminal that can be played again: asciicast, version 2
 * (https://docs.asciinema.org/manual/asciicast/v2/). The first line is a header, each other one [seconds, "o", text] for output
 * or [seconds, "r", "COLUMNSxROWS"] for another size.
 */

/** Text that arrived at a time (Unix, in milliseconds). */
export interface TimedText {
  readonly atMs: number;
  readonly text: string;
}

/** The size of a terminal from a byte of its log on, told at a time. */
export interface SizeMark extends TerminalSize {
  readonly offset: number;
  readonly atMs: number;
}

/** What a recording consists of, in its order. */
export type CastPiece = TimedText | SizeMark;

/** The first line. A serial port does not know how large the terminals of its viewers are: then it is the customary size. */
export function castHeader(startMs: number, title: string, { columns, rows }: TerminalSize = FIRST_SIZE): string {
  return `${JSON.stringify({ version: 2, width: columns, height: rows, timestamp: Math.floor(startMs / 1_000), title })}\n`;
}

/** The lines of events; a clock that was set back gives no time before the one that was told last. */
export function castEvents(pieces: readonly CastPiece[], startMs: number): string {
  let last = 0;
  const event = (piece: CastPiece): string => {
    last = Math.max(last, (piece.atMs - startMs) / 1_000);
    const told = 'text' in piece ? ['o', piece.text] : ['r', `${piece.columns}x${piece.rows}`];
    return `${JSON.stringify([Number(last.toFixed(6)), ...told])}\n`;
  };
  return pieces.filter((piece) => !('text' in piece) || piece.text !== '').map(event).join('');
}
