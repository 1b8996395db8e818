import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';

/** Does something with files or with SQLite under `path`; what the disk refuses is thrown as a declared error. */
export function onDisk<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw declareStorageError(path, error);
  }
}

/** The same for a promise. */
export async function onDiskAsync<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw declareStorageError(path, error);
  }
}

/** DISK_FULL, DATA_READ_ONLY or DATABASE_DAMAGED for what the system and SQLite call them; any other error as it is. */
export function declareStorageError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DeclaredError || !('code' in error) || typeof error.code !== 'string') return error;
  const reason = `${error.code}: ${error.message}`;
  if (isFull(error.code)) return new DeclaredError('DISK_FULL', { path, availableBytes: availableBytes(path) }, { cause: error });
  if (isReadOnly(error.code)) return new DeclaredError('DATA_READ_ONLY', { path, reason }, { cause: error });
  if (isDamaged(error.code)) return new DeclaredError('DATABASE_DAMAGED', { path, integrity: reason, backups: [] }, { cause: error });
  return error;
}

const isFull = (code: string): boolean => ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code);
const isReadOnly = (code: string): boolean => ['EROFS', 'EACCES', 'EPERM', 'SQLITE_CANTOPEN', 'SQLITE_PERM'].includes(code) || code.startsWith('SQLITE_READONLY');
const isDamaged = (code: string): boolean => code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');

/** Bytes that this user may still write on the file system of `path` or of its nearest parent; null when unknown. */
export function availableBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    // The path need not exist yet: its parent says as much.
    return dirname(path) === path ? null : availableBytes(dirname(path));
  }
}
