import { rmSync } from 'node:fs';
import { identifier } from '../../contract/primitives.ts';
import { TRASH_DAYS } from '../../contract/trash.ts';
import type { DataDirectory } from './dataDirectory.ts';
import { onDisk } from './storageFailures.ts';

const DAY_MS = 86_400_000;

/** A document that leaves for good. */
interface Purged {
  readonly collection: string;
  readonly id: string;
}

/** The folder in `consoles/` that belongs to a document of a collection, and what else is kept under its id. */
const belongings: Readonly<Record<string, { readonly consoles: string; readonly collections: readonly string[] }>> = {
  guests: { consoles: 'guest', collections: ['guestEnds'] },
  runs: { consoles: 'run', collections: [] },
};

/**
 * Empties the trash of what has been there for `TRASH_DAYS`, with the samples of runs and the consoles of guests, and
 * then removes blobs to which nothing refers any more. Blobs of the last day stay: their document may not be written
 * yet. To be called before anything else uses the data. `documents` counts what was in the trash.
 */
export function purgeTrash(data: DataDirectory, now: Date): { documents: number; blobs: number } {
  const { database, blobs } = data;
  const before = new Date(now.getTime() - TRASH_DAYS * DAY_MS).toISOString();
  const old = onDisk(database.name, () => database.prepare<[string], Purged>('SELECT collection, id FROM documents WHERE trashed_at < ?').all(before));
  if (old.length === 0) return { documents: 0, blobs: 0 };
  // Consoles first: a lab that dies in between finds the documents in the trash again, and finishes then.
  for (const purged of old) removeConsoles(data, purged);
  onDisk(database.name, () =>
    database.transaction(() => {
      for (const purged of old) forget(database, purged);
    })(),
  );
  return { documents: old.length, blobs: blobs.sweep(referencedDigests(database), new Date(now.getTime() - DAY_MS)) };
}

function removeConsoles(data: DataDirectory, { collection, id }: Purged): void {
  const folder = belongings[collection]?.consoles;
  // An id that is none could name another folder.
  if (folder === undefined || !identifier.safeParse(id).success) return;
  const path = data.file('consoles', folder, id);
  onDisk(path, () => rmSync(path, { recursive: true, force: true }));
}

function forget(database: DataDirectory['database'], { collection, id }: Purged): void {
  const forgetDocument = database.prepare<[string, string]>('DELETE FROM documents WHERE collection = ? AND id = ?');
  for (const name of [collection, ...(belongings[collection]?.collections ?? [])]) forgetDocument.run(name, id);
  if (collection === 'runs' || collection === 'programs') for (const table of ['samples', 'sample_numbers']) database.prepare(`DELETE FROM ${table} WHERE run = ?`).run(id);
  if (collection === 'guests') database.prepare('DELETE FROM history WHERE subject = ?').run(id);
}

function referencedDigests(database: DataDirectory['database']): Set<string> {
  const digests = new Set<string>();
  const records = database.prepare<[], { json: string }>('SELECT json FROM documents UNION ALL SELECT json FROM samples');
  for (const { json } of records.iterate()) {
    for (const digest of json.match(/\b[0-9a-f]{64}\b/g) ?? []) digests.add(digest);
  }
  return digests;
}
