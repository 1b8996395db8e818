import { mkdirSync, rmSync } from 'node:fs';
import { onDisk } from '../storage/storageFailures.ts';

/** A folder for the work of one task. */
export function makeScratchFolder(path: string): { path: string; remove(): void } {
  onDisk(path, () => mkdirSync(path, { mode: 0o700 }));
  return { path, remove: () => onDisk(path, () => rmSync(path, { recursive: true, force: true })) };
}

/** Removes a file that may have got another name already. */
export function removeFile(path: string): void {
  onDisk(path, () => rmSync(path, { force: true }));
}
