import type { ExitCode } from '../exitCodes.ts';
import type { LabDoor } from './labDoor.ts';
import type { Terminal } from './terminal.ts';

/** What every command gets: where to write, the way to the lab, and whether Ctrl-C was pressed. */
export interface Context {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly lab: LabDoor;
  /** Aborted by the first Ctrl-C; the command then cancels what it started and ends. */
  readonly cancelled: AbortSignal;
}

/** The result of a command: `text` for people, `json` for programs with `--json`. */
export interface Result {
  /** Undefined for a command that has written its output already. */
  readonly json: unknown;
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** Prints a result in the form that was asked for. */
export function printResult({ terminal, json }: Context, result: Result): ExitCode {
  if (json && result.json !== undefined) terminal.print(JSON.stringify(result.json, null, 2));
  else if (!json && result.text !== '') terminal.print(result.text);
  return result.exitCode;
}
