import { stat } from 'node:fs/promises';
import { digestOfFile } from '../storage/blobs.ts';
import { cannotOpen } from './inspectImage.ts';

export interface ImageDigests {
  /** The SHA-256 of a regular file. Throws IMAGE_MISSING, and PATH_REFUSED for a file that may not be read. */
  of(path: string): Promise<string>;
}

/** Digests of images, read from the beginning to the end once and then only when the file is another one. */
export function createImageDigests(): ImageDigests {
  const known = new Map<string, { readonly version: string; readonly digest: string }>();
  return {
    async of(path) {
      try {
        const version = await versionOf(path);
        const kept = known.get(path);
        if (kept?.version === version) return kept.digest;
        const digest = await digestOfFile(path);
        // Under the version before the reading: a file that was written meanwhile has another one and is read again.
        known.set(path, { version, digest });
        return digest;
      } catch (error) {
        throw cannotOpen(path, error);
      }
    },
  };
}

/** Another file under the same name has another inode, and a file that was written to another time or size. */
async function versionOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
