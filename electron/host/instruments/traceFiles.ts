import { mkdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';

/** A boot that prints 100 kB has a trace of 6 MB. With less room QEMU would drop lines without a word. */
const NEEDED_BYTES = 8 * 1024 * 1024;
/** What a trace leaves free for the sample, its serial bytes and the database. */
const LEFT_FREE_BYTES = 4 * 1024 * 1024;
/** With less than some blocks of a file system it is full for who writes to a file. */
const FULL_BYTES = 64 * 1024;

/**
 * Files for QEMU's traces. They can grow to hundreds of megabytes, so they are on the disk of the data and not in the
 * run directory, which may be in memory.
 */
export interface TraceFiles {
  /** The path for a boot's trace. Throws DISK_FULL when there is hardly any room for it. */
  reserve(boot: string): Promise<string>;
  /** How large a trace may become now, so that what comes after it still fits. */
  room(): Promise<number>;
  /** Throws SPACE_TOO_SMALL when a trace of this size would not fit. */
  requireRoom(bytes: number): Promise<void>;
  /** Throws DISK_FULL when nothing more can be written: QEMU drops the lines of a trace then without a word. */
  refuseFullDisk(): void;
  /** 0 for a trace that is not there. */
  size(path: string): number;
  remove(boot: string): Promise<void>;
}

/** Empties the directory first: what is in it is of a lab that died. */
export function openTraceFiles(directory: string): TraceFiles {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = (boot: string): string => join(directory, `${boot}.trace`);
  const free = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  };
  const room = async (): Promise<number> => Math.max(0, (await free()) - LEFT_FREE_BYTES);
  return {
    room,
    async requireRoom(neededBytes) {
      const availableBytes = await room();
      if (neededBytes > availableBytes) throw new DeclaredError('SPACE_TOO_SMALL', { path: directory, neededBytes, availableBytes });
    },
    async reserve(boot) {
      const availableBytes = await free();
      if (availableBytes < NEEDED_BYTES) throw new DeclaredError('DISK_FULL', { path: directory, availableBytes });
      return path(boot);
    },
    refuseFullDisk() {
      const { bavail, bsize } = statfsSync(directory);
      if (bavail * bsize < FULL_BYTES) throw new DeclaredError('DISK_FULL', { path: directory, availableBytes: bavail * bsize });
    },
    size: (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0,
    remove: (boot) => rm(path(boot), { force: true }),
  };
}
