import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { DeclaredError } from '../../contract/errors.ts';
import { APPLICATION_ID, latestVersion, migrate, type Migration } from './migrations.ts';
import { onDisk } from './storageFailures.ts';
import { partialPath, syncDirectory } from './writeFileAtomically.ts';

const WHOLLY_CHECKED_BYTES = 1_073_741_824;
const BACKUP_NAME = /^lab-v\d+-[0-9TZ]+\.sqlite$/;

/**
 * Opens a database of Petri, or makes one, and carries it to the newest version after a backup.
 * A record is acknowledged when it is on the disk: WAL with `synchronous = FULL`.
 * @throws DATABASE_DAMAGED, DATA_NEWER, DATA_READ_ONLY or DISK_FULL; the file is then as it was.
 */
export function openDatabase(path: string, steps: readonly Migration[], expected: 'filled' | 'any'): Database.Database {
  return onDisk(path, () => {
    const database = openFile(path);
    try {
      checkIntegrity(database, expected);
      refuseNewer(database, latestVersion(steps));
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      backUpBeforeMigration(database, latestVersion(steps));
      nameApplication(database);
      migrate(database, steps);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

function openFile(path: string): Database.Database {
  try {
    return new Database(path);
  } catch (error) {
    throw damaged(path, error) ?? error;
  }
}

function checkIntegrity(database: Database.Database, expected: 'filled' | 'any'): void {
  let found: string;
  try {
    found = (database.pragma(checkOf(database.name), { simple: true }) as string | undefined) ?? 'no answer';
    const application = database.pragma('application_id', { simple: true }) as number;
    if (application !== 0 && application !== APPLICATION_ID) found = 'it belongs to another program';
  } catch (error) {
    throw damaged(database.name, error) ?? error;
  }
  if (found === 'ok' && expected === 'filled' && versionOf(database) === 0) found = 'it is empty';
  if (found !== 'ok') throw new DeclaredError('DATABASE_DAMAGED', { path: database.name, integrity: found, backups: listBackups(dirname(database.name)) });
}

/**
 * Looks at every page, as long as that takes seconds. Of a database of millions of samples it would take minutes at each
 * start: there the documents are looked at, and a sample that is damaged shows when it is read.
 */
function checkOf(path: string): string {
  return statSync(path).size > WHOLLY_CHECKED_BYTES ? "quick_check('documents')" : 'quick_check(1)';
}

function damaged(path: string, error: unknown): DeclaredError | undefined {
  const isDamage = error instanceof Error && 'code' in error && /^SQLITE_(NOTADB|CORRUPT)/.test(String(error.code));
  return isDamage ? new DeclaredError('DATABASE_DAMAGED', { path, integrity: error.message, backups: listBackups(dirname(path)) }, { cause: error }) : undefined;
}

/** Only where it is not written yet: a directory that is refused after this must be as it was, byte for byte. */
function nameApplication(database: Database.Database): void {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) database.pragma(`application_id = ${APPLICATION_ID}`);
}

function refuseNewer(database: Database.Database, supported: number): void {
  const version = versionOf(database);
  if (version > supported) throw new DeclaredError('DATA_NEWER', { path: database.name, version, supported });
}

export function versionOf(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number;
}

/** A whole copy under `backups/`, only when there is something to migrate. */
function backUpBeforeMigration(database: Database.Database, latest: number): void {
  const version = versionOf(database);
  if (version === 0 || version === latest) return;
  const directory = join(dirname(database.name), 'backups');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const partial = partialPath(directory);
  try {
    database.prepare('VACUUM INTO ?').run(partial);
    renameSync(partial, join(directory, `lab-v${version}-${timestamp()}.sqlite`));
    syncDirectory(directory);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Paths of the backups of a data directory, the newest first. */
export function listBackups(dataDirectory: string): string[] {
  const directory = join(dataDirectory, 'backups');
  if (!existsSync(directory)) return [];
  const backups = readdirSync(directory).filter((name) => BACKUP_NAME.test(name)).map((name) => join(directory, name));
  return backups.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
}

/** The time in UTC for a file name: 20261122T021124123Z. */
export function timestamp(): string {
  return new Date().toISOString().replaceAll(/[-:.]/g, '');
}
