import { DeclaredError, explain } from '../contract/errors.ts';

/** One line of the lab's log. `details` is data that JSON can carry. */
export interface LogRecord {
  readonly level: 'info' | 'warn' | 'error';
  /** The noun that speaks. */
  readonly noun: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export type Log = (record: LogRecord) => void;

/** An error with its causes and stacks, for the log only: a shell never sees it. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { value: String(error) };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error instanceof DeclaredError ? { failure: error.failure } : {}),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** What went wrong in one phrase for a reader: what a declared error says with its evidence, else the error's own words. */
export function describeShortly(error: unknown): string {
  if (!(error instanceof DeclaredError)) return error instanceof Error ? error.message : String(error);
  const { what, evidence } = explain(error.failure);
  return [what, ...evidence].join(' ');
}
