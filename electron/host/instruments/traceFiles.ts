import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files for QEMU's traces. They can grow to hundreds of megabytes, so they are on the disk of the data and not in the
 * run directory, which may be in memory.
 */
export interface TraceFiles {
  path(boot: string): string;
  remove(boot: string): Promise<void>;
}

/** Empties the directory first: what is in it is of a lab that died. */
export function openTraceFiles(directory: string): TraceFiles {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = (boot: string): string => join(directory, `${boot}.trace`);
  return { path, remove: (boot) => rm(path(boot), { force: true }) };
}
