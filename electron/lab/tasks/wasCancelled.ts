import { DeclaredError, type Failure } from '../../contract/errors.ts';

/**
 * Whether an error only says that somebody was asked to stop: the reason of one of the signals, or what was cut off by it.
 * Anything else that comes meanwhile, such as a full disk, is a failure of its own.
 */
export function wasCancelled(error: unknown, ...signals: readonly AbortSignal[]): boolean {
  if (signals.some(({ aborted, reason }) => aborted && error === reason)) return true;
  if (!(error instanceof Error)) return false;
  if (error.name === 'AbortError') return true;
  if (error instanceof DeclaredError && isCancelled(error.failure)) return true;
  return error.cause !== undefined && wasCancelled(error.cause, ...signals);
}

function isCancelled({ code, details }: Failure): boolean {
  return code === 'CANCELLED' || ('cancelled' in details && details.cancelled);
}
