import { chmodSync, constants, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { TRASH_DAYS } from '../../contract/trash.ts';
import { findProcesses } from '../process/findProcesses.ts';
import { foreignEnd, killForeign } from '../process/foreignProcess.ts';
import { onDisk, onDiskAsync } from '../storage/storageFailures.ts';
import { fileBytes } from './fileBytes.ts';
import { PARTIAL_NAME, partialPath, syncDirectory } from '../storage/writeFileAtomically.ts';

/** The files of all disks of a lab, in one folder, so that a layer finds the one below it by its bare name. */
export interface LayerFiles {
  readonly directory: string;
  path(file: string): string;
  exists(file: string): boolean;
  /** What it takes on the host; 0 for a file that is missing. */
  bytes(file: string): number;
  /** Lets `write` fill a new file, which has its name only when it is whole and on the disk. */
  make(file: string, write: (partial: string) => Promise<void>): Promise<void>;
  /** Nobody writes to it any more. */
  freeze(file: string): void;
  /** For a layer that is the newest again. */
  thaw(file: string): void;
  remove(file: string): void;
  /** A path for a file that is no layer; what a dead lab left of such is removed by `sweep`. */
  temporary(): string;
  removeTemporary(path: string): void;
  /** A copy of a layer as a temporary file. */
  copy(file: string): Promise<string>;
  /** Makes what was written to a temporary file survive a power cut. */
  sync(temporary: string): Promise<void>;
  /** Puts a temporary file in the place of a layer, which is put aside as damaged. Answers where it is now. */
  replace(file: string, by: string): string;
  /** Puts a temporary file in the place of a frozen layer that reads the same. */
  exchange(file: string, by: string): void;
  /** Puts a file aside: what is damaged stays until a person removes it, what was removed stays as long as the trash. Answers its path. */
  putAside(file: string, folder: 'damaged' | 'removed'): string;
  /** Ends the programs of a dead lab that still write to these files, and removes everything unfinished. */
  sweep(unfinished: readonly string[]): Promise<void>;
}

/** Makes what was written to a file survive a power cut. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

/** Ends every process that names one of these paths on its command line, and waits until it is gone. */
export async function endProcessesOf(paths: readonly string[]): Promise<void> {
  const processes = paths.flatMap((path) => findProcesses(path));
  for (const { pid, startTime } of processes) killForeign(pid, startTime);
  await Promise.all(processes.map(({ pid, startTime }) => foreignEnd(pid, startTime)));
}

/** The time since a file was put aside is in its status change: a rename does not touch the content's time. */
function removeOld(directory: string): void {
  if (!existsSync(directory)) return;
  const before = Date.now() - TRASH_DAYS * 86_400_000;
  for (const name of readdirSync(directory)) {
    if (statSync(join(directory, name)).ctimeMs < before) rmSync(join(directory, name), { force: true });
  }
}

export function openLayerFiles(directory: string): LayerFiles {
  onDisk(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  const path = (file: string): string => join(directory, file);
  const aside = (file: string, folder: string, put: (from: string, to: string) => void): string => {
    const kept = join(directory, folder, `${new Date().toISOString().replaceAll(/[-:.]/g, '')}-${file}`);
    onDisk(directory, () => {
      mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
      put(path(file), kept);
    });
    return kept;
  };
  const remove = (file: string): void => onDisk(directory, () => rmSync(path(file), { force: true }));
  return {
    directory,
    path,
    remove,
    exists: (file) => existsSync(path(file)),
    bytes: (file) => fileBytes(path(file)) ?? 0,
    make: (file, write) =>
      onDiskAsync(directory, async () => {
        const partial = partialPath(directory);
        try {
          await write(partial);
          await syncFile(partial);
          chmodSync(partial, 0o600);
          renameSync(partial, path(file));
        } catch (error) {
          rmSync(partial, { force: true });
          throw error;
        }
        syncDirectory(directory);
      }),
    freeze: (file) => onDisk(directory, () => chmodSync(path(file), 0o400)),
    thaw: (file) => onDisk(directory, () => chmodSync(path(file), 0o600)),
    temporary: () => partialPath(directory),
    removeTemporary: (temporary) => rmSync(temporary, { force: true }),
    putAside: (file, folder) => aside(file, folder, renameSync),
    async copy(file) {
      const copy = partialPath(directory);
      await onDiskAsync(directory, async () => copyFile(path(file), copy, constants.COPYFILE_FICLONE));
      chmodSync(copy, 0o600);
      return copy;
    },
    replace(file, by) {
      const { mode } = statSync(path(file));
      // There is no moment without a file under the layer's name.
      const kept = aside(file, 'damaged', linkSync);
      onDisk(directory, () => {
        chmodSync(by, mode & 0o777);
        renameSync(by, path(file));
        syncDirectory(directory);
      });
      return kept;
    },
    sync: (temporary) => onDiskAsync(directory, () => syncFile(temporary)),
    exchange: (file, by) =>
      onDisk(directory, () => {
        chmodSync(by, 0o400);
        renameSync(by, path(file));
        syncDirectory(directory);
      }),
    async sweep(unfinished) {
      await endProcessesOf([`${directory}${sep}.`]);
      for (const name of readdirSync(directory).filter((name) => PARTIAL_NAME.test(name))) remove(name);
      for (const file of unfinished) remove(file);
      removeOld(join(directory, 'removed'));
    },
  };
}
