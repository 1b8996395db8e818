import { DeclaredError, explain, type ErrorCode, type ErrorDetails, type Explanation } from '../../electron/contract/errors.ts';

/** The declared error that an action throws, with its words. Fails when it throws another, or nothing. */
export async function declared<Code extends ErrorCode>(code: Code, action: () => unknown): Promise<{ details: ErrorDetails<Code> } & Explanation> {
  try {
    await action();
  } catch (error) {
    if (error instanceof DeclaredError && error.code === code) return { details: error.details as ErrorDetails<Code>, ...explain(error.failure) };
    throw error;
  }
  throw new Error(`${code} was expected, and nothing was thrown`);
}
