import { DeclaredError } from '../../contract/errors.ts';
import type { ConsoleLog } from '../../core/consoles/consoleLog.ts';
import { compilePattern, type Match } from '../../core/consoles/search.ts';
import { searchLog, type SearchRequest } from '../../host/consoles/searchLog.ts';
import { textCodec } from '../../host/consoles/textCodec.ts';

export type SearchQuery = Omit<SearchRequest, 'files'>;
export type FoundLine = Match & { readonly atMs: number | null };

/** Throws INPUT_INVALID for an expression that is none. */
export async function searchConsole(log: ConsoleLog, query: SearchQuery, signal?: AbortSignal): Promise<{ matches: FoundLine[]; complete: boolean }> {
  checkPattern(query);
  const { matches, complete } = await searchLog({ ...query, files: log.files() }, signal);
  return { complete, matches: matches.map((match) => ({ ...match, atMs: log.markAt(match.offset)?.atMs ?? null })) };
}

function checkPattern({ kind, pattern }: SearchQuery): void {
  try {
    compilePattern(kind, pattern, textCodec);
  } catch (error) {
    throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'pattern', message: error instanceof Error ? error.message : String(error) }] });
  }
}
