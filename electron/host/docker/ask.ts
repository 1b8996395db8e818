import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import type { DockerEngine } from './engine.ts';

/** What the library throws: an answer of the engine that is no success, or a failure of the connection. */
const libraryError = z.object({
  message: z.string(),
  statusCode: z.number().optional(),
  code: z.string().optional(),
  json: z.object({ message: z.string() }).optional().catch(undefined),
});

/** An answer of the engine that is no success. */
export interface Refusal {
  readonly statusCode: number;
  readonly words: string;
}

export function refusalOf(error: unknown): Refusal | null {
  const { success, data } = libraryError.safeParse(error);
  if (!success || data.statusCode === undefined) return null;
  return { statusCode: data.statusCode, words: data.json?.message ?? data.message };
}

/** The connection ended or never was; other failures are mistakes of ours. */
function isLost(error: unknown): boolean {
  const { success, data } = libraryError.safeParse(error);
  return success && (/^E[A-Z]+$/.test(data.code ?? '') || /socket hang up|aborted/.test(data.message));
}

/** The declared error for what the library threw, or the error itself. `request` completes "The Docker Engine refused to …". */
export function declare(engine: Pick<DockerEngine, 'name' | 'host' | 'words'>, request: string, error: unknown): Error {
  if (error instanceof DeclaredError) return error;
  const refusal = refusalOf(error);
  const base = { engine: engine.name, host: engine.host };
  if (refusal !== null) return new DeclaredError('DOCKER_REFUSED', { ...base, request, statusCode: refusal.statusCode, evidence: [refusal.words] }, { cause: error });
  if (!isLost(error)) return error instanceof Error ? error : new Error(String(error));
  const evidence = [error instanceof Error ? error.message : String(error), engine.words()].filter((words) => words !== '');
  return new DeclaredError('DOCKER_VANISHED', { ...base, during: `it was asked to ${request}`, evidence }, { cause: error });
}

/** Asks the engine; what it refuses is DOCKER_REFUSED, and DOCKER_VANISHED when it is not there any more. */
export async function ask<Answer>(engine: DockerEngine, request: string, work: (docker: DockerEngine['docker']) => Promise<Answer>): Promise<Answer> {
  try {
    return await work(engine.docker);
  } catch (error) {
    throw declare(engine, request, error);
  }
}

/** The same, with null where the engine does not know the thing. */
export async function askFor<Answer>(engine: DockerEngine, request: string, work: (docker: DockerEngine['docker']) => Promise<Answer>): Promise<Answer | null> {
  try {
    return await work(engine.docker);
  } catch (error) {
    if (refusalOf(error)?.statusCode === 404) return null;
    throw declare(engine, request, error);
  }
}
