import { randomBytes } from 'node:crypto';
import { implement, ORPCError, ValidationError } from '@orpc/server';
import { contract } from '../contract/contract.ts';
import { DeclaredError, errors, explain, type Failure } from '../contract/errors.ts';
import { describeError, type Log } from './log.ts';

/** Makes procedures of the contract; every noun's `procedures.ts` begins with it. */
export const os = implement(contract);

/**
 * The edge of the lab: what a procedure throws becomes a declared error of the contract. Input that does not fit
 * becomes INPUT_INVALID; what nobody expected is logged with its cause and leaves as UNEXPECTED with a reference.
 */
export function declareFailures(log: Log) {
  return os.middleware(async ({ next, path }) => {
    const edge = (error: unknown): Error => toContractError(error, path.join('.'), log);
    try {
      const result = await next();
      const output: unknown = result.output;
      return { ...result, output: isAsyncIterator(output) ? mapErrors(output, edge) : output };
    } catch (error) {
      throw edge(error);
    }
  });
}

/** The failure that an error stands for, as it is stored in a task or a sample; an unknown one is logged. */
export function toFailure(error: unknown, where: string, log: Log): Failure {
  if (error instanceof DeclaredError) return error.failure;
  const reference = randomBytes(4).toString('hex');
  log({ level: 'error', noun: where, message: 'an unexpected error', details: { reference, error: describeError(error) } });
  return { code: 'UNEXPECTED', details: { reference } };
}

function toContractError(error: unknown, path: string, log: Log): Error {
  const failure = inputFailure(error) ?? toFailure(error, path, log);
  const { status } = errors[failure.code];
  return new ORPCError(failure.code, { status, message: explain(failure).what, data: failure.details, cause: error });
}

/** The library reports input that does not fit as BAD_REQUEST with a ValidationError as its cause. */
function inputFailure(error: unknown): Failure | undefined {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST' || !(error.cause instanceof ValidationError)) return undefined;
  const issues = error.cause.issues.map(({ path = [], message }) => ({
    path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message,
  }));
  return { code: 'INPUT_INVALID', details: { issues } };
}

function isAsyncIterator(value: unknown): value is AsyncIteratorObject<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

/** The same iterator with other errors; `return` goes straight through, so a silent one can be left. */
function mapErrors(source: AsyncIteratorObject<unknown>, edge: (error: unknown) => Error): AsyncIteratorObject<unknown> {
  const mapped: AsyncIteratorObject<unknown> = {
    next: async () => {
      try {
        return await source.next();
      } catch (error) {
        throw edge(error);
      }
    },
    return: async (value) => (await source.return?.(value)) ?? { done: true, value },
    [Symbol.asyncIterator]: () => mapped,
    [Symbol.asyncDispose]: async () => {
      await source.return?.();
    },
  };
  return mapped;
}
