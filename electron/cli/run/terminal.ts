import type { WriteStream } from 'node:tty';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

export type Paint = (style: Style, text: string) => string;

/** Colours where `colour`, plain text elsewhere. */
export function paint(colour: boolean): Paint {
  return (style, text) => (colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

/** Where a command writes: results to stdout, everything about how it goes to stderr. */
export interface Terminal {
  readonly columns: number;
  readonly colour: boolean;
  readonly errorColour: boolean;
  /** True when progress can be drawn over itself. */
  readonly live: boolean;
  /** True when a person reads stdout, not a file or another program. */
  readonly isRead: boolean;
  print(text: string): void;
  write(bytes: Uint8Array): void;
  report(text: string): void;
  /** Shows how far it is: over the line before on a terminal; elsewhere a line for each different `mile`. */
  progress(text: string, mile: string): void;
}

const WIDTH_OF_PAPER = 100;
const CLEAR_LINE = '\r\u001b[2K';

/** Colour by the customs of NO_COLOR (https://no-color.org) and FORCE_COLOR, and only on a terminal. */
export function wantsColour(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  if ((environment['FORCE_COLOR'] ?? '') !== '') return environment['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}

export function createTerminal(out: WriteStream, error: WriteStream, environment: NodeJS.ProcessEnv): Terminal {
  const live = error.isTTY && environment['TERM'] !== 'dumb';
  let drawn = false;
  let lastMile = '';
  const clear = (): void => {
    if (drawn) error.write(CLEAR_LINE);
    drawn = false;
  };
  return {
    columns: out.isTTY ? out.columns : WIDTH_OF_PAPER,
    colour: wantsColour(out, environment),
    errorColour: wantsColour(error, environment),
    live,
    isRead: out.isTTY,
    print: (text) => {
      clear();
      out.write(`${text}\n`);
    },
    write: (bytes) => {
      out.write(bytes);
    },
    report: (text) => {
      clear();
      error.write(`${text}\n`);
    },
    progress: (text, mile) => {
      if (live) {
        error.write(`${CLEAR_LINE}${text.slice(0, error.columns - 1)}`);
        drawn = true;
      } else if (mile !== lastMile) {
        error.write(`${text}\n`);
        lastMile = mile;
      }
    },
  };
}
