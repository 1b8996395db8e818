import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DeclaredError } from '../../contract/errors.ts';
import { DATABASE_FILE, prepareFolder, writeMarker } from './dataDirectory.ts';
import { listBackups, openDatabase, timestamp } from './database.ts';
import { takeLock } from './lock.ts';
import { latestVersion, migrations } from './migrations.ts';
import { fillRunIndex } from './runIndex.ts';
import { onDisk } from './storageFailures.ts';
import { partialPath, syncDirectory } from './writeFileAtomically.ts';

/**
 * What a repair found. At least `unreadable` records could not be read (on a page that is cut in two a lost record looks
 * like a deleted one); null when nobody can say how many there were.
 */
export interface RepairReport {
  readonly outcome: 'whole' | 'repaired';
  /** The damaged file, kept as it was; null when nothing was damaged. */
  readonly keptAs: string | null;
  readonly documents: number;
  readonly samples: number;
  readonly unreadable: number | null;
  /** Records taken from the newest backup in place of unreadable ones. */
  readonly fromBackup: number;
}

const tables = {
  documents: ['row', 'collection', 'id', 'json', 'trashed_at'],
  samples: ['row', 'run', 'sample_index', 'subject', 'outcome', 'boot_ns', 'json'],
} as const;
type Table = keyof typeof tables;
const tableNames = Object.keys(tables) as Table[];

/**
 * Puts a new database in the place of a damaged one, with every record that can be read, and keeps the damaged file
 * beside it. What cannot be read is taken from the newest backup where there is one. A whole database stays untouched.
 * Throws LAB_LOCKED while a lab uses the directory.
 */
export function repairDatabase(path: string): RepairReport {
  const directory = prepareFolder(path);
  const release = takeLock(directory);
  try {
    return onDisk(directory, () => repairLocked(directory));
  } finally {
    release();
  }
}

function repairLocked(directory: string): RepairReport {
  const file = join(directory, DATABASE_FILE);
  const whole = countWhole(file);
  if (whole !== undefined) return { outcome: 'whole', keptAs: null, ...whole, unreadable: 0, fromBackup: 0 };

  const partial = partialPath(directory);
  try {
    const counts = rebuild(file, partial, listBackups(directory)[0]);
    const keptAs = setAside(file);
    renameSync(partial, file);
    syncDirectory(directory);
    writeMarker(directory, latestVersion(migrations));
    return { outcome: 'repaired', keptAs, ...counts };
  } finally {
    for (const ending of ['', '-wal', '-shm']) rmSync(partial + ending, { force: true });
  }
}

/** How many records a database holds, or undefined when it is not whole. */
function countWhole(file: string): Record<Table, number> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const database = openDatabase(file, migrations, 'filled');
    try {
      return countRecords(database);
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof DeclaredError && error.code === 'DATABASE_DAMAGED') return undefined;
    throw error;
  }
}

function countRecords(database: Database.Database): Record<Table, number> {
  const count = (table: Table): number => database.prepare<[], { total: number }>(`SELECT count(*) AS total FROM ${table}`).get()?.total ?? 0;
  return { documents: count('documents'), samples: count('samples') };
}

function rebuild(file: string, target: string, backup: string | undefined): Omit<RepairReport, 'outcome' | 'keptAs'> {
  const database = openDatabase(target, migrations, 'any');
  try {
    const unreadable = existsSync(file) ? copyReadable(file, database) : Number.POSITIVE_INFINITY;
    const before = countRecords(database);
    if (unreadable > 0 && backup !== undefined) copyReadable(backup, database);
    for (const source of [file, backup]) if (source !== undefined) copyHistory(source, database);
    const after = countRecords(database);
    fillRunIndex(database);
    const fromBackup = after.documents + after.samples - before.documents - before.samples;
    return { ...after, unreadable: Number.isFinite(unreadable) ? unreadable : null, fromBackup };
  } finally {
    // Closing writes the log back, so that the file is whole before it is renamed.
    database.close();
  }
}

/** Copies what can be read and returns how many records could not; those that are there already are left alone. */
function copyReadable(file: string, target: Database.Database): number {
  let source: Database.Database;
  try {
    source = new Database(file, { readonly: true });
    // With a writable schema SQLite also reads a file that is shorter than its header says (lockBtree in btree.c).
    source.unsafeMode();
    source.pragma('writable_schema = ON');
  } catch {
    // Not even its header is a database.
    return Number.POSITIVE_INFINITY;
  }
  try {
    return tableNames.reduce((unreadable, table) => unreadable + copyTable(source, target, table), 0);
  } finally {
    source.close();
  }
}

/** What can be read of the dashboard's history, in its order; what comes after a lost page is given up, for it is no record of a person's. */
function copyHistory(file: string, target: Database.Database): void {
  try {
    const source = new Database(file, { readonly: true, fileMustExist: true });
    try {
      const insert = target.prepare(`INSERT OR IGNORE INTO history VALUES (${Array.from({ length: 13 }, () => '?').join(', ')})`);
      target.transaction(() => {
        for (const row of source.prepare<[], unknown[]>('SELECT * FROM history').raw().iterate()) insert.run(...row);
      })();
    } finally {
      source.close();
    }
  } catch (error) {
    if (!isDamage(error) && !isAbsent(error)) throw error;
  }
}

/** SQLITE_CANTOPEN, and no table of that name in an older backup. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_CANTOPEN/.test(String(error.code));
}

/**
 * Asks for one row after the other, because a lost page fails only the rows on it. `row` never repeats and SQLite keeps
 * the highest ever given in `sqlite_sequence`, so every row is asked for; one that was deleted answers with nothing.
 */
function copyTable(source: Database.Database, target: Database.Database, table: Table): number {
  const columns = tables[table];
  const insert = target.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})`);
  let unreadable = 0;
  try {
    const last = source.prepare<[string], { seq: number }>('SELECT seq FROM sqlite_sequence WHERE name = ?').get(table)?.seq ?? 0;
    const select = source.prepare<[number], Record<string, unknown>>(`SELECT ${columns.join(', ')} FROM ${table} WHERE row = ?`);
    target.transaction(() => {
      for (let row = 1; row <= last; row += 1) {
        const record = readRow(select, row);
        if (record === 'unreadable') unreadable += 1;
        else if (record !== undefined) insert.run(record);
      }
    })();
    return unreadable;
  } catch (error) {
    if (isDamage(error)) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

function readRow(select: Database.Statement<[number], Record<string, unknown>>, row: number): Record<string, unknown> | 'unreadable' | undefined {
  try {
    const record = select.get(row);
    return record === undefined || isSound(record) ? record : 'unreadable';
  } catch (error) {
    if (isDamage(error)) return 'unreadable';
    throw error;
  }
}

/** SQLite fills a page that is cut off with zeros: what was text there has NULs in it, or is null. */
function isSound({ json, ...others }: Record<string, unknown>): boolean {
  if (Object.values(others).some((value) => typeof value === 'string' && value.includes('\0'))) return false;
  try {
    return typeof json === 'string' && JSON.parse(json) !== null;
  } catch {
    return false;
  }
}

/** Missing tables (SQLITE_ERROR) and lost pages; a full disk is neither. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(CORRUPT|NOTADB|ERROR|IOERR_SHORT_READ)/.test(String(error.code));
}

/**
 * Keeps the damaged file under another name. It stays under its own name too, until the new one replaces it in one step;
 * its log goes, since SQLite would write it into the new file.
 */
function setAside(file: string): string | null {
  if (!existsSync(file)) return null;
  const kept = `${file}.damaged-${timestamp()}`;
  try {
    linkSync(file, kept);
  } catch {
    // A file system without links.
    copyFileSync(file, kept);
  }
  for (const ending of ['-wal', '-shm'].filter((ending) => existsSync(file + ending))) renameSync(file + ending, kept + ending);
  return kept;
}
