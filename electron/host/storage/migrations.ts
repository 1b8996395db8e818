import type { Database } from 'better-sqlite3';

/** One step forward of the data directory. It runs inside a transaction, after a backup. */
export interface Migration {
  readonly version: number;
  readonly up: (database: Database) => void;
}

/**
 * Documents are validated JSON; `row` never repeats, so that a damaged table can be read row by row up to the highest
 * number that SQLite remembers. Samples repeat a few columns beside their JSON for queries.
 */
const documentsAndSamples = `
  CREATE TABLE documents (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    trashed_at TEXT,
    UNIQUE (collection, id)
  ) STRICT;
  CREATE TABLE samples (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    sample_index INTEGER NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    boot_ns INTEGER,
    json TEXT NOT NULL,
    UNIQUE (run, sample_index)
  ) STRICT;
`;

export const migrations: readonly Migration[] = [{ version: 1, up: (database) => database.exec(documentsAndSamples) }];

/** "Petr" in ASCII, in the header of each of Petri's databases. */
export const APPLICATION_ID = 0x50657472;

/** The version that these migrations lead to. */
export function latestVersion(steps: readonly Migration[]): number {
  return steps.at(-1)?.version ?? 0;
}

/** Carries a database forward, each step in its own transaction together with its version number. */
export function migrate(database: Database, steps: readonly Migration[]): void {
  const current = database.pragma('user_version', { simple: true }) as number;
  for (const step of steps.filter(({ version }) => version > current)) {
    database.transaction(() => {
      step.up(database);
      database.pragma(`user_version = ${step.version}`);
    })();
  }
}
