import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { declaredError } from '../../electron/client/failures.ts';
import { explain, type ErrorCode, type ErrorDetails, type Explanation, type Failure } from '../../electron/contract/errors.ts';
import { watchForLeaks } from './leaks.ts';

/** What a person reads of a failure, after a check that it says something: evidence and a fix. */
export function wordsOf(failure: Failure): Explanation {
  const words = explain(failure);
  expect(words.what, `what ${words.code} says`).not.toBe('');
  expect(words.evidence.join('').trim(), `the evidence of ${words.code}`).not.toBe('');
  expect(words.fix, `the fix of ${words.code}`).not.toBe('');
  return words;
}

/** The declared error of an action, whether it is thrown by a function or answered by the contract. Fails on any other. */
export async function failureOf(action: () => unknown): Promise<Failure> {
  try {
    await action();
  } catch (error) {
    const declared = declaredError(error);
    if (declared === undefined) throw error;
    return declared.failure;
  }
  throw new Error('a refusal was expected, and nothing was thrown');
}

/**
 * An action that must be refused with a code, with evidence and a fix, and that leaves the directories exactly as they
 * were: the same processes, sockets and files.
 */
export async function refusal<Code extends ErrorCode>(code: Code, directories: readonly string[], action: () => unknown): Promise<Explanation & { details: ErrorDetails<Code> }> {
  const watch = watchForLeaks(directories);
  const before = watch.list();
  const failure = await failureOf(action);
  expect(failure.code).toBe(code);
  expect(watch.list()).toEqual(before);
  return { ...wordsOf(failure), details: failure.details as ErrorDetails<Code> };
}

/** Every file of a directory with the digest of its content, to see that nothing was changed. */
export function contentsOf(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(names.map((name) => [name, digestOf(join(directory, name))]));
}

function digestOf(path: string): string {
  if (!lstatSync(path).isFile()) return 'no file';
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
