import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LogFile } from '../../core/consoles/consoleLog.ts';
import type { Match } from '../../core/consoles/search.ts';

export interface SearchRequest {
  readonly files: readonly LogFile[];
  readonly kind: 'text' | 'expression';
  readonly pattern: string;
  /** How many matches are wanted, from the oldest on. */
  readonly limit: number;
}

export interface SearchResult {
  readonly matches: Match[];
  /** False when there may be more: the limit or the time was reached. */
  readonly complete: boolean;
}

/** What the worker posts: matches as they are found, and at the end whether it saw everything. */
export type SearchMessage = { readonly matches: readonly Match[] } | { readonly complete: boolean };

/** A million lines take a fraction of this; an expression that backtracks for ever is ended then. */
export const SEARCH_LIMIT_MS = 3_000;

/**
 * Searches a log's files in a thread of its own, so that no expression can stop the lab: after `limitMs`, or when the
 * signal aborts, the thread is ended and what it found is the answer. Rejects when a file cannot be read at all.
 */
export async function searchLog(request: SearchRequest, signal?: AbortSignal, limitMs = SEARCH_LIMIT_MS): Promise<SearchResult> {
  const worker = new Worker(new URL('./searchWorker.ts', import.meta.url), { workerData: request });
  const matches: Match[] = [];
  const seen = { everything: false };
  worker.on('message', (message: SearchMessage) => {
    if ('matches' in message) matches.push(...message.matches);
    else seen.everything = message.complete;
  });
  const end = (): void => void worker.terminate();
  const limit = setTimeout(end, limitMs);
  signal?.addEventListener('abort', end);
  if (signal?.aborted === true) end();
  try {
    await once(worker, 'exit');
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', end);
  }
  return { matches: matches.slice(0, request.limit), complete: seen.everything && matches.length <= request.limit };
}
