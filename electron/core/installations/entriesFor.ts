import type { CatalogEntry } from '../../contract/catalog.ts';
import type { SourceFile } from '../../contract/installations.ts';

export interface SeenFile {
  readonly fileName: string;
  /** The name of an ISO's volume. */
  readonly label: string;
  readonly digest: string | null;
  readonly kind: SourceFile['kind'];
}

const roles: Readonly<Record<SourceFile['kind'], readonly string[]>> = { iso: ['medium'], disk: ['disk'], kernel: ['kernel', 'module'], archive: ['disk', 'medium', 'kernel'], unknown: [] };

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z]+|\d+/g) ?? [];

/** Words that half of all systems have in their names, and that so tell nothing. */
const common = new Set(['i', 'x', 'arm', 'amd', 'gnu', 'the', 'own', 'your', 'for', 'image', 'iso', 'img']);

function likeness(entry: CatalogEntry, seen: SeenFile): number {
  const images = entry.images.filter(({ role }) => roles[seen.kind].includes(role));
  if (seen.digest !== null && images.some(({ source }) => source.kind === 'download' && source.digest === seen.digest)) return Number.POSITIVE_INFINITY;
  if (images.length === 0 && entry.install === null) return 0;
  const seenWords = new Set(wordsOf(`${seen.fileName} ${seen.label}`));
  const own = [...new Set(wordsOf(`${entry.id} ${entry.family}`))].filter((word) => !common.has(word));
  // A version alone names nothing; a name alone does.
  if (!own.some((word) => /[a-z]/.test(word) && seenWords.has(word))) return 0;
  return own.filter((word) => seenWords.has(word)).length;
}

/** Entries of the catalog that a file may be, the likeliest first: by its digest, else by the words of its name. */
export function entriesFor(seen: SeenFile, entries: readonly CatalogEntry[]): string[] {
  if (seen.kind === 'unknown') return [];
  return entries
    .map((entry) => ({ id: entry.id, like: likeness(entry, seen) }))
    .filter(({ like }) => like > 0)
    .toSorted((one, other) => (one.like === other.like ? 0 : other.like > one.like ? 1 : -1))
    .map(({ id }) => id);
}
