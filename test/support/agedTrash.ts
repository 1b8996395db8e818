import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Makes all that lies in the trash of a lab that does not run so old that the next lab forgets it. */
export function ageTrash(dataDirectory: string): void {
  const opened = new Database(join(dataDirectory, 'lab.sqlite'));
  try {
    opened.prepare("UPDATE documents SET trashed_at = '2020-01-01T00:00:00.000Z' WHERE trashed_at IS NOT NULL").run();
  } finally {
    opened.close();
  }
}
