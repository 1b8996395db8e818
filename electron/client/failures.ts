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

export function fromFailure({ code, details }: Failure, cause?: unknown): DeclaredError {
  return new DeclaredError(code, details, { cause });
}
