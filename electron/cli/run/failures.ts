import { isLostLine, lostLab } from '../../client/failures.ts';
import { DeclaredError, errors, explain, failure as failureSchema, type ErrorCode, type Failure } from '../../contract/errors.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { paint, type Terminal } from './terminal.ts';

/** Codes that are no refusal although their status is that of one. */
const others: Partial<Readonly<Record<ErrorCode, ExitCode>>> = { NOT_FOUND: exitCodes.notFound, INPUT_INVALID: exitCodes.usage, CANCELLED: exitCodes.cancelled };

/** HTTP's own line (RFC 9110, section 15): below 500 what was asked for cannot be had as things are, from there on something broke on the way. */
const BROKE = 500;

/** Guests go on without a lab; what a lab was about to do is undone or shown by the next one. */
export const SAY_IT_AGAIN = 'Say the command again: it starts a lab, which adopts the guests that run and clears away what was half done.';

interface ErrorOfContract {
  readonly code: string;
  readonly data: unknown;
  readonly message: string;
}

function isErrorOfContract(thrown: unknown): thrown is ErrorOfContract {
  return thrown instanceof Error && 'code' in thrown && 'data' in thrown && typeof thrown.code === 'string';
}

/** Any thrown value as a failure of the contract, whichever side it was thrown on. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof DeclaredError) return thrown.failure;
  if (isErrorOfContract(thrown)) {
    const declared = failureSchema.safeParse({ code: thrown.code, details: thrown.data });
    if (declared.success) return declared.data;
  }
  if (isLostLine(thrown)) return lostLab(SAY_IT_AGAIN).failure;
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { code: 'UNEXPECTED', details: { reference: message } };
}

/** What the lab refuses as things are is an answer; what broke is a failure. */
export function exitCodeOf({ code }: Failure): ExitCode {
  return others[code] ?? (errors[code].status < BROKE ? exitCodes.negative : exitCodes.failed);
}

/** What, evidence and fix on stderr; with `--json` the same as one object on stdout, for the program that reads it. */
export function printFailure(terminal: Terminal, failure: Failure, json: boolean): void {
  const { what, evidence, fix } = explain(failure);
  if (json) {
    terminal.print(JSON.stringify({ error: { code: failure.code, what, evidence, fix, details: failure.details } }, null, 2));
    return;
  }
  const style = paint(terminal.errorColour);
  terminal.report(style('red', `error: ${what}`));
  for (const line of evidence.filter((text) => text !== '')) terminal.report(`  ${printable(line)}`);
  if (fix !== '') terminal.report(`  ${style('bold', 'fix:')} ${fix}`);
  terminal.report(style('dim', `  (${failure.code})`));
}

/** Words of a guest or of QEMU may hold escape sequences, which must not reach the person's terminal. */
export function printable(text: string): string {
   
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
