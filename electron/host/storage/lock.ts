import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { onDisk } from './storageFailures.ts';
import { writeFileAtomically } from './writeFileAtomically.ts';

export const LOCK_FILE = 'lock.sqlite';
/** Says who holds the lock, for the message only: the lock itself dies with its process, this note may not. */
export const LOCK_NOTE = 'lock.json';

const lockNote = z.object({ pid: z.number().int(), startedAt: z.string() });

/**
 * Takes the lock of a data directory: an exclusive SQLite transaction on a file of its own, which the system drops
 * when the process ends, however it ends. Throws LAB_LOCKED with the holder's pid. Returns the release.
 */
export function takeLock(directory: string): () => void {
  const path = join(directory, LOCK_FILE);
  const lock = onDisk(directory, () => new Database(path, { timeout: 0 }));
  try {
    onDisk(directory, () => lock.exec('BEGIN EXCLUSIVE'));
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw new DeclaredError('LAB_LOCKED', { dataDirectory: directory, pid: lockHolder(directory) });
    throw error;
  }
  try {
    writeFileAtomically(join(directory, LOCK_NOTE), `${JSON.stringify({ pid: process.pid, startedAt: new Date().toISOString() })}\n`);
  } catch (error) {
    lock.close();
    throw error;
  }
  return () => {
    rmSync(join(directory, LOCK_NOTE), { force: true });
    lock.close();
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_BUSY');
}

function lockHolder(directory: string): number | null {
  try {
    return lockNote.parse(JSON.parse(readFileSync(join(directory, LOCK_NOTE), 'utf8'))).pid;
  } catch {
    // The note is a courtesy; without it the message says that the holder left no record.
    return null;
  }
}
