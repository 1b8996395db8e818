// A thread that searches a console's files and posts what it finds; see searchLog.ts.
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { LogFile } from '../../core/consoles/consoleLog.ts';
import { compilePattern, nothingSearched, searchChunk, searchEnd, type Match, type SearchState } from '../../core/consoles/search.ts';
import type { SearchMessage, SearchRequest } from './searchLog.ts';
import { textCodec } from './textCodec.ts';

/** Small enough that matches come early, large enough that the file is not felt. */
const CHUNK_BYTES = 256 * 1024;

const { files, kind, pattern: wanted, limit } = workerData as SearchRequest;
const pattern = compilePattern(kind, wanted, textCodec);
let found = 0;

function post(message: SearchMessage): void {
  parentPort?.postMessage(message);
}

/** Posts matches, and says whether there are enough. */
function give(matches: readonly Match[]): boolean {
  if (matches.length > 0) post({ matches });
  found += matches.length;
  return found > limit;
}

/** A segment that retention has just dropped is no longer part of the log. */
function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}

function* chunks({ path, offset, length }: LogFile): Generator<{ text: string; offset: number }> {
  const fd = openIfThere(path);
  if (fd === null) return;
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    for (let at = 0; at < length; ) {
      const count = readSync(fd, buffer, 0, Math.min(CHUNK_BYTES, length - at), at);
      if (count === 0) return;
      yield { text: buffer.toString('latin1', 0, count), offset: offset + at };
      at += count;
    }
  } finally {
    closeSync(fd);
  }
}

function search(): boolean {
  let state: SearchState = nothingSearched;
  for (const file of files) {
    for (const { text, offset } of chunks(file)) {
      state = searchChunk(state, text, offset, pattern, textCodec);
      if (give(state.matches)) return false;
    }
  }
  return !give(searchEnd(state, pattern, textCodec));
}

post({ complete: search() });
