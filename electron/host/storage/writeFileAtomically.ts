import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onDisk } from './storageFailures.ts';

/** What unfinished files are called; the data directory removes those that a dead lab left. */
export const PARTIAL_NAME = /^\.[0-9a-f]{16}\.partial$/;

/** A path beside `path` for the unfinished file. It is short even where the name itself is as long as names may be. */
export function partialPath(directory: string): string {
  return join(directory, `.${randomBytes(8).toString('hex')}.partial`);
}

/**
 * Replaces a file by another content: after a crash there is the old content or the new, and nothing between.
 * Throws DISK_FULL or DATA_READ_ONLY, and then the old content is still there.
 */
export function writeFileAtomically(path: string, bytes: Uint8Array | string): void {
  onDisk(path, () => {
    const partial = partialPath(dirname(path));
    try {
      const file = openSync(partial, 'wx', 0o600);
      try {
        writeFileSync(file, bytes);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(partial, path);
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
    syncDirectory(dirname(path));
  });
}

/** Makes a rename survive a power cut. Windows has no such call and needs none. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
