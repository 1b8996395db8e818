import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { scratch } from './scratch.ts';

/** Whether this user may mount a file system; tests that need a small or read-only one are skipped otherwise. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0;
export const cannotMount = 'only root on Linux may mount the file system that this needs';

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** A file system of its own in memory, so small that it is soon full; it is gone when the test ends. */
export function smallDisk(kib: number): string {
  const path = scratch();
  run('mount', '-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path);
  onTestFinished(() => run('umount', path));
  return path;
}

/** Makes a directory a read-only file system until the answered function is called. */
export function mountReadOnly(path: string): () => void {
  run('mount', '--bind', path, path);
  run('mount', '-o', 'remount,bind,ro', path);
  return () => run('umount', path);
}

/** Fills the disk of a directory to its last byte and answers the file that does so. */
export function fillDisk(path: string): string {
  const file = join(path, 'ballast');
  for (let size = 1_024 * 1_024; size >= 1; size = Math.floor(size / 2)) {
    try {
      while (true) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for pieces of this size: smaller ones may still fit.
    }
  }
  return file;
}
