import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, createReadStream, existsSync, fsyncSync, mkdirSync, openSync, readSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DeclaredError } from '../../contract/errors.ts';
import { onDisk, onDiskAsync } from './storageFailures.ts';
import { PARTIAL_NAME, partialPath, syncDirectory, writeFileAtomically } from './writeFileAtomically.ts';

/** Files by the SHA-256 of their content, at `blobs/ab/cdef…`; the same content is kept once. */
export interface Blobs {
  put(bytes: Uint8Array): string;
  /** Moves a file in. It must be on no one else's hands: it is hashed first and renamed after. */
  putFile(path: string): Promise<string>;
  /** The same for a file that was hashed while it was written. */
  putHashedFile(path: string, digest: string): void;
  /** At most `length` bytes from `from`; throws NOT_FOUND. */
  read(digest: string, from?: number, length?: number): Buffer;
  size(digest: string): number;
  has(digest: string): boolean;
  path(digest: string): string;
  /** Removes what is not in `referenced` and was put before `before`; returns how many were removed. */
  sweep(referenced: ReadonlySet<string>, before: Date): number;
}

export function openBlobs(directory: string): Blobs {
  const path = (digest: string): string => {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new DeclaredError('NOT_FOUND', { noun: 'blob', id: digest });
    return join(directory, digest.slice(0, 2), digest.slice(2));
  };
  const prepare = (digest: string): string => {
    const target = path(digest);
    onDisk(target, () => mkdirSync(dirname(target), { recursive: true, mode: 0o700 }));
    return target;
  };
  const putHashedFile = (source: string, digest: string): void => {
    if (existsSync(path(digest))) rmSync(source);
    else moveFile(source, prepare(digest));
  };
  return {
    path,
    put(bytes) {
      const digest = createHash('sha256').update(bytes).digest('hex');
      if (!existsSync(path(digest))) writeFileAtomically(prepare(digest), bytes);
      return digest;
    },
    async putFile(source) {
      const digest = await onDiskAsync(source, () => digestOfFile(source));
      putHashedFile(source, digest);
      return digest;
    },
    putHashedFile,
    read(digest, from = 0, length = Number.POSITIVE_INFINITY) {
      return found(digest, () => readPart(path(digest), from, length));
    },
    size: (digest) => found(digest, () => statSync(path(digest)).size),
    has: (digest) => existsSync(path(digest)),
    sweep: (referenced, before) => sweep(directory, referenced, before),
  };
}

function found<Result>(digest: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new DeclaredError('NOT_FOUND', { noun: 'blob', id: digest });
    throw error;
  }
}

/** The SHA-256 of a file of any size, in lower-case hexadecimal. */
export async function digestOfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, signal === undefined ? {} : { signal });
  return hash.digest('hex');
}

/** Renames, or copies where source and target are on different file systems; both are durable when it returns. */
function moveFile(source: string, target: string): void {
  onDisk(target, () => {
    syncFile(source);
    try {
      renameSync(source, target);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
      copyThenRename(source, target);
    }
    syncDirectory(dirname(target));
  });
}

function copyThenRename(source: string, target: string): void {
  const partial = partialPath(dirname(target));
  try {
    copyFileSync(source, partial);
    syncFile(partial);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  rmSync(source);
}

function syncFile(path: string): void {
  // Windows refuses to flush what was opened for reading only.
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readPart(path: string, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, Math.min(length, statSync(path).size - from)));
  const file = openSync(path, 'r');
  try {
    const count = readSync(file, bytes, 0, bytes.length, from);
    return bytes.subarray(0, count);
  } finally {
    closeSync(file);
  }
}

function sweep(directory: string, referenced: ReadonlySet<string>, before: Date): number {
  let removed = 0;
  for (const shelf of readdirSync(directory)) {
    for (const name of readdirSync(join(directory, shelf))) {
      const file = join(directory, shelf, name);
      if (PARTIAL_NAME.test(name) || referenced.has(shelf + name) || statSync(file).mtime >= before) continue;
      rmSync(file);
      removed += 1;
    }
  }
  return removed;
}
