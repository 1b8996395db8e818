/*
 * A recording of a terminal that can be played again: asciicast, version 2
 * (https://docs.asciinema.org/manual/asciicast/v2/). The first line is a header, each other one [seconds, "o", text].
 */

/** Text that arrived at a time (Unix, in milliseconds). */
export interface TimedText {
  readonly atMs: number;
  readonly text: string;
}

/** The first line; a log does not know how large the terminals of its viewers were, so it is the customary one. */
export function castHeader(startMs: number, title: string): string {
  return `${JSON.stringify({ version: 2, width: 80, height: 24, timestamp: Math.floor(startMs / 1_000), title })}\n`;
}

/** The lines of events; a clock that was set back gives no time before the one that was told last. */
export function castEvents(pieces: readonly TimedText[], startMs: number): string {
  let last = 0;
  const event = ({ atMs, text }: TimedText): string => {
    last = Math.max(last, (atMs - startMs) / 1_000);
    return `${JSON.stringify([Number(last.toFixed(6)), 'o', text])}\n`;
  };
  return pieces.filter(({ text }) => text !== '').map(event).join('');
}
