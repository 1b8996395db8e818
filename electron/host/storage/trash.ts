import { TRASH_DAYS } from '../../contract/trash.ts';
import type { DataDirectory } from './dataDirectory.ts';
import { onDisk } from './storageFailures.ts';

const DAY_MS = 86_400_000;

/**
 * Empties the trash of what has been there for `TRASH_DAYS`, with the samples of runs, and then removes blobs to which
 * nothing refers any more. Blobs of the last day stay: their document may not be written yet.
 */
export function purgeTrash({ database, blobs }: DataDirectory, now: Date): { documents: number; blobs: number } {
  const before = new Date(now.getTime() - TRASH_DAYS * DAY_MS).toISOString();
  const documents = onDisk(database.name, () =>
    database.transaction(() => {
      database.prepare('DELETE FROM samples WHERE run IN (SELECT id FROM documents WHERE trashed_at < ?)').run(before);
      return database.prepare('DELETE FROM documents WHERE trashed_at < ?').run(before).changes;
    })(),
  );
  if (documents === 0) return { documents, blobs: 0 };
  return { documents, blobs: blobs.sweep(referencedDigests(database), new Date(now.getTime() - DAY_MS)) };
}

function referencedDigests(database: DataDirectory['database']): Set<string> {
  const digests = new Set<string>();
  const records = database.prepare<[], { json: string }>('SELECT json FROM documents UNION ALL SELECT json FROM samples');
  for (const { json } of records.iterate()) {
    for (const digest of json.match(/\b[0-9a-f]{64}\b/g) ?? []) digests.add(digest);
  }
  return digests;
}
