import { randomBytes } from 'node:crypto';
import { lstatSync, renameSync, rmSync, statfsSync, writeFileSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';

/**
 * Writes a file that a person named: whole, or, where the disk is full, not at all, and what was there stays. A link, a device or
 * a pipe is written where it is. Throws DISK_FULL and PATH_REFUSED: what hinders it is an expected failure.
 */
export function writeNamedFile(path: string, bytes: Uint8Array): void {
  try {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined || there.isFile()) replaceFile(path, bytes, there);
    else writeFileSync(path, bytes);
  } catch (error) {
    throw refusalOf(path, error);
  }
}

function replaceFile(path: string, bytes: Uint8Array, there: Stats | undefined): void {
  const partial = join(dirname(path), `.${randomBytes(8).toString('hex')}.partial`);
  try {
    writeFileSync(partial, bytes, { flag: 'wx', ...(there !== undefined && { mode: there.mode }) });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function refusalOf(path: string, error: unknown): DeclaredError {
  const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  if (isFull) return new DeclaredError('DISK_FULL', { path, availableBytes: freeBytes(path) }, { cause: error });
  return new DeclaredError('PATH_REFUSED', { path, reason: error instanceof Error ? error.message : String(error) }, { cause: error });
}

function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return null;
  }
}
