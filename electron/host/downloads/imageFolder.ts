import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import { digestOfFile } from '../storage/blobs.ts';
import { onDisk, onDiskAsync } from '../storage/storageFailures.ts';
import { PARTIAL_NAME, partialPath, syncDirectory } from '../storage/writeFileAtomically.ts';

/** The folder of images by their digest. What is in it was checked and never changes again. */
export interface ImageFolder {
  path(digest: string): string;
  has(digest: string): boolean;
  /** A path for a file that is not finished; what is left there goes when the lab starts again. */
  scratch(): string;
  /** Takes a finished file in, under its digest. It must lie at a path of `scratch`, and its bytes must be on the disk. */
  take(path: string): Promise<string>;
  remove(digest: string): void;
  /** Removes what an interrupted fetch left, and images that are not in `known`. */
  sweep(known: ReadonlySet<string>): void;
}

export function openImageFolder(directory: string): ImageFolder {
  onDisk(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  const path = (digest: string): string => {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new DeclaredError('NOT_FOUND', { noun: 'image', id: digest });
    return join(directory, digest);
  };
  return {
    path,
    has: (digest) => existsSync(path(digest)),
    scratch: () => partialPath(directory),
    async take(file) {
      const digest = await onDiskAsync(file, () => digestOfFile(file));
      onDisk(file, () => {
        // Whoever opens it for writing by mistake is refused.
        chmodSync(file, 0o400);
        renameSync(file, path(digest));
        syncDirectory(directory);
      });
      return digest;
    },
    remove: (digest) => onDisk(directory, () => rmSync(path(digest), { force: true })),
    sweep: (known) =>
      onDisk(directory, () => {
        for (const name of readdirSync(directory)) {
          if (PARTIAL_NAME.test(name) || (/^[0-9a-f]{64}$/.test(name) && !known.has(name))) rmSync(join(directory, name), { recursive: true, force: true });
        }
      }),
  };
}
