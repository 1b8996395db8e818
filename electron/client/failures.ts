import { ORPCError } from '@orpc/client';
import { DeclaredError, failure, type Failure } from '../contract/errors.ts';

/** The declared error that a call of the lab was answered with, or undefined for any other error. */
export function declaredError(error: unknown): DeclaredError | undefined {
  if (error instanceof DeclaredError) return error;
  if (!(error instanceof ORPCError)) return undefined;
  const { code, data } = error as ORPCError<string, unknown>;
  const declared = failure.safeParse({ code, details: data });
  return declared.success ? fromFailure(declared.data, error) : undefined;
}

/** Whether a call ended because the line was closed under it: the lab has ended, or was killed. */
export function isLostLine(error: unknown): boolean {
  // oRPC rejects what is awaited with an AbortError that names its queue, and what is asked later with the other words.
  return error instanceof Error && ((error.name === 'AbortError' && error.message.includes('AsyncIdQueue')) || /WebSocket is not open/i.test(error.message));
}

/** The same where that was said already. */
export function isLostLab(error: unknown): boolean {
  return isLostLine(error) || (error instanceof DeclaredError && error.failure.code === 'LAB_UNREACHABLE');
}

/** What a lost line means to a person who waited; `next` says how to go on. */
export function lostLab(next: string, cause?: unknown): DeclaredError<'LAB_UNREACHABLE'> {
  return new DeclaredError('LAB_UNREACHABLE', { socket: 'the line to the lab', reason: 'it closed while an answer was awaited: the lab has ended or was killed', next }, { cause });
}

export function fromFailure({ code, details }: Failure, cause?: unknown): DeclaredError {
  return new DeclaredError(code, details, { cause });
}
