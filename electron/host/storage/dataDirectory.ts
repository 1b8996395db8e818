import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { openBlobs, type Blobs } from './blobs.ts';
import { openDatabase } from './database.ts';
import { takeLock } from './lock.ts';
import { latestVersion, migrations, type Migration } from './migrations.ts';
import { onDisk } from './storageFailures.ts';
import { PARTIAL_NAME, partialPath, writeFileAtomically } from './writeFileAtomically.ts';

export const DATABASE_FILE = 'lab.sqlite';
/** Written last when a directory is made, so that its presence says that the rest is there. */
export const MARKER_FILE = 'petri.json';

/** Names that may be in a directory before it is Petri's: the lock, the lab's log, what file managers leave. */
const HARMLESS_NAME = /^(lock\..*|lab\.log.*|logs|backups|blobs|lab\.sqlite-(wal|shm|journal)|\.DS_Store|Thumbs\.db|desktop\.ini|lost\+found)$/;

const marker = z.object({ format: z.literal('Petri data directory'), version: z.number().int().positive() });

/** The lab's data, locked for this process until `dispose`. */
export interface DataDirectory {
  readonly path: string;
  readonly database: Database;
  readonly blobs: Blobs;
  /** A path inside the directory; throws PATH_REFUSED for one that would leave it. */
  file(...segments: string[]): string;
  dispose(): void;
}

/**
 * Opens a data directory, or makes one in an empty or absent folder.
 * A whole directory of an older version is carried forward after a backup; one whose making was interrupted is
 * finished. Everything else is refused before anything is changed:
 * @throws LAB_LOCKED, DATA_NEWER, DATA_READ_ONLY, DATA_HALF_WRITTEN, DATABASE_DAMAGED, DISK_FULL, PATH_REFUSED
 */
export function openDataDirectory(path: string, steps: readonly Migration[] = migrations): DataDirectory {
  const directory = prepareFolder(path);
  refuseNewer(directory, latestVersion(steps));
  refuseHalfWritten(directory);
  proveWritable(directory);
  const release = takeLock(directory);
  try {
    const database = openContents(directory, steps);
    removePartials(directory);
    return {
      path: directory,
      database,
      blobs: openBlobs(join(directory, 'blobs')),
      file: (...segments) => inside(directory, segments),
      dispose() {
        database.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** The folder's absolute path, made where it is absent. */
export function prepareFolder(path: string): string {
  try {
    const directory = resolve(path);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    readdirSync(directory);
    return directory;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = error instanceof Error ? error.message : String(error);
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) throw new DeclaredError('DATA_READ_ONLY', { path, reason }, { cause: error });
    if (code === 'ENOSPC') throw new DeclaredError('DISK_FULL', { path, availableBytes: 0 }, { cause: error });
    throw new DeclaredError('PATH_REFUSED', { path, reason }, { cause: error });
  }
}

function readMarker(directory: string): { version: number } | undefined {
  try {
    return marker.parse(JSON.parse(readFileSync(join(directory, MARKER_FILE), 'utf8')));
  } catch {
    // Absent or unreadable: then the database says what this directory is.
    return undefined;
  }
}

function refuseNewer(directory: string, supported: number): void {
  const version = readMarker(directory)?.version ?? 0;
  if (version > supported) throw new DeclaredError('DATA_NEWER', { path: directory, version, supported });
}

/** Asks the file system itself: permission bits say nothing to root, and nothing of a read-only mount. */
function proveWritable(directory: string): void {
  onDisk(directory, () => {
    const probe = partialPath(directory);
    try {
      writeFileSync(probe, '', { flag: 'wx', mode: 0o600 });
    } finally {
      rmSync(probe, { force: true });
    }
    for (const name of [DATABASE_FILE, 'blobs'].filter((name) => existsSync(join(directory, name)))) {
      accessSync(join(directory, name), constants.W_OK);
    }
  });
}

function openContents(directory: string, steps: readonly Migration[]): Database {
  const database = openDatabase(join(directory, DATABASE_FILE), steps, readMarker(directory) === undefined ? 'any' : 'filled');
  try {
    if (!existsSync(join(directory, 'blobs')) && countRows(database) > 0) throw halfWritten(directory, ['blobs']);
    onDisk(directory, () => mkdirSync(join(directory, 'blobs'), { recursive: true, mode: 0o700 }));
    if (readMarker(directory)?.version !== latestVersion(steps)) writeMarker(directory, latestVersion(steps));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Without a database there must be no sign of an earlier one: no marker, no blob and no file of somebody else. A
 * database without a marker is a directory whose making, or whose repair, was interrupted, and is finished.
 */
function refuseHalfWritten(directory: string): void {
  const names = readdirSync(directory);
  if (names.includes(DATABASE_FILE)) return;
  const blobs = names.includes('blobs') ? readdirSync(join(directory, 'blobs')) : [];
  const signs = names.filter((name) => !HARMLESS_NAME.test(name) && !PARTIAL_NAME.test(name));
  if (signs.length === 0 && blobs.length === 0) return;
  throw halfWritten(directory, [DATABASE_FILE, ...(names.includes(MARKER_FILE) ? [] : [MARKER_FILE])]);
}

function halfWritten(directory: string, missing: string[]): DeclaredError {
  const found = readdirSync(directory).filter((name) => !name.startsWith('lock.')).slice(0, 20);
  return new DeclaredError('DATA_HALF_WRITTEN', { path: directory, missing, found });
}

function countRows(database: Database): number {
  const { total } = database.prepare<[], { total: number }>('SELECT (SELECT count(*) FROM documents) + (SELECT count(*) FROM samples) AS total').get() ?? { total: 0 };
  return total;
}

export function writeMarker(directory: string, version: number): void {
  writeFileAtomically(join(directory, MARKER_FILE), `${JSON.stringify({ format: 'Petri data directory', version })}\n`);
}

/** What a lab that was killed left unfinished; nothing refers to it. */
function removePartials(directory: string): void {
  const shelves = readdirSync(join(directory, 'blobs')).map((name) => join(directory, 'blobs', name));
  for (const folder of [directory, join(directory, 'backups'), ...shelves].filter((folder) => existsSync(folder))) {
    for (const name of readdirSync(folder).filter((name) => PARTIAL_NAME.test(name))) rmSync(join(folder, name), { force: true });
  }
}

function inside(directory: string, segments: readonly string[]): string {
  const path = resolve(directory, ...segments);
  const way = relative(directory, path);
  const leaves = way === '..' || way.startsWith(`..${sep}`) || path.includes('\0') || resolve(directory, way) !== path;
  if (leaves) throw new DeclaredError('PATH_REFUSED', { path: segments.join('/'), reason: 'It leads out of the data directory.' });
  return path;
}
