import { existsSync } from 'node:fs';
import { link, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import { onDiskAsync } from '../storage/storageFailures.ts';
import { PARTIAL_NAME, partialPath } from '../storage/writeFileAtomically.ts';
import { endProcessesOf, syncFile } from './layerFiles.ts';

/** A file that will be whole when it has its name. */
export interface NewFile {
  readonly path: string;
  /** The name that it has until then, in the same folder. */
  readonly partial: string;
  /** Lets `write` make the content. Throws FILE_EXISTS when somebody else took the name meanwhile; then nothing is left. */
  fill(write: (partial: string) => Promise<void>): Promise<void>;
}

const refused = (path: string, reason: string): DeclaredError => new DeclaredError('PATH_REFUSED', { path, reason });

/** A file of the user's to be. Throws FILE_EXISTS, and PATH_REFUSED when it has no folder. */
export async function newFile(path: string): Promise<NewFile> {
  if (!isAbsolute(path) || path.includes('\0') || basename(path) === '') throw refused(path, 'it is not an absolute path of a file');
  const folder = await stat(dirname(path)).catch(() => null);
  if (folder?.isDirectory() !== true) throw refused(path, `there is no folder ${dirname(path)}`);
  if (existsSync(path)) throw new DeclaredError('FILE_EXISTS', { path });
  const partial = partialPath(dirname(path));
  return {
    path,
    partial,
    fill: (write) =>
      onDiskAsync(path, async () => {
        try {
          await write(partial);
          await syncFile(partial);
          await giveName(partial, path);
        } finally {
          await rm(partial, { force: true });
        }
      }),
  };
}

/** A link never replaces anything, unlike a rename; where the file system has no links a rename must do. */
async function giveName(partial: string, path: string): Promise<void> {
  try {
    await link(partial, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || existsSync(path)) throw new DeclaredError('FILE_EXISTS', { path }, { cause: error });
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await rename(partial, path);
  }
}

/** Ends what still writes to an unfinished file of a dead lab, and removes it. */
export async function removeUnfinished(path: string): Promise<void> {
  if (!PARTIAL_NAME.test(basename(path))) return;
  await endProcessesOf([join(dirname(path), basename(path))]);
  await rm(path, { force: true });
}
