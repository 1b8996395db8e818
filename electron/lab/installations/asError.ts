import { DeclaredError, type Failure } from '../../contract/errors.ts';

/** A failure that was only told so far, to be thrown. */
export function asError({ code, details }: Failure): DeclaredError {
  return new DeclaredError(code, details);
}
