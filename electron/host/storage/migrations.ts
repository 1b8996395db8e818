import type { Database } from 'better-sqlite3';
import { fillRunIndex } from './runIndex.ts';

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

/**
 * What lists and charts show of runs and samples, so that they need no document (see runIndex.ts). An index for each
 * order of the list; the ones of tags and guests are their tables. Nothing of the trash is in it.
 */
const runIndex = `
  CREATE TABLE run_rows (
    run TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT,
    state TEXT NOT NULL,
    notes TEXT NOT NULL,
    tags TEXT NOT NULL,
    guests TEXT NOT NULL,
    words TEXT NOT NULL,
    samples INTEGER NOT NULL,
    median_boot_ns INTEGER
  ) STRICT;
  CREATE INDEX run_rows_by_time ON run_rows (created_at, run);
  CREATE INDEX run_rows_by_name ON run_rows (name COLLATE NOCASE, run);
  CREATE INDEX run_rows_by_boot ON run_rows (median_boot_ns, run);
  CREATE INDEX run_rows_by_boot_known ON run_rows (median_boot_ns IS NULL, median_boot_ns, run);
  CREATE INDEX run_rows_by_state ON run_rows (state, created_at, run);
  CREATE INDEX run_rows_by_kind ON run_rows (kind, created_at, run);
  CREATE TABLE run_tags (tag TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (tag, run)) STRICT, WITHOUT ROWID;
  CREATE INDEX run_tags_by_run ON run_tags (run);
  CREATE TABLE run_guests (guest TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (guest, run)) STRICT, WITHOUT ROWID;
  CREATE INDEX run_guests_by_run ON run_guests (run);
  CREATE TABLE sample_numbers (
    run TEXT NOT NULL,
    sample_index INTEGER NOT NULL,
    subject TEXT NOT NULL,
    counted INTEGER NOT NULL,
    boot_ns INTEGER,
    numbers TEXT NOT NULL,
    PRIMARY KEY (run, sample_index)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX documents_in_trash ON documents (collection, trashed_at) WHERE trashed_at IS NOT NULL;
`;

/** One row for a subject (the host, or a guest) and a step of so many seconds; rates are per second, means of the step. */
const history = `
  CREATE TABLE history (
    subject TEXT NOT NULL,
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    cpu REAL, cpu_maximum REAL, memory REAL, host_faults REAL, exits REAL,
    disk_read REAL, disk_written REAL, network_received REAL, network_sent REAL, console REAL,
    PRIMARY KEY (subject, step, at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX history_by_age ON history (step, at);
`;

/**
 * The words of each run by every three characters that follow each other (sqlite.org/fts5.html, the trigram tokenizer): a text that
 * few runs have is found without looking at the others. `words_row` is the row that a run has there.
 */
const runWords = `
  CREATE VIRTUAL TABLE run_words USING fts5(run UNINDEXED, words, tokenize = 'trigram case_sensitive 1');
  ALTER TABLE run_rows ADD COLUMN words_row INTEGER;
`;
const takeWords = `
  INSERT INTO run_words (rowid, run, words) SELECT rowid, run, words FROM run_rows;
  UPDATE run_rows SET words_row = rowid;
`;

export const migrations: readonly Migration[] = [
  { version: 1, up: (database) => database.exec(documentsAndSamples) },
  { version: 2, up: (database) => database.exec(runIndex) },
  { version: 3, up: (database) => database.exec(history) },
  {
    version: 4,
    up(database) {
      database.exec(runWords);
      // The index of version 2 is filled here, where it is whole; what has it already gets the words alone.
      const isFilled = database.prepare('SELECT 1 FROM run_rows').get() !== undefined;
      if (isFilled) database.exec(takeWords);
      else fillRunIndex(database);
    },
  },
];

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
