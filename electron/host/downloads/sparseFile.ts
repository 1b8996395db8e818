import { open, type FileHandle } from 'node:fs/promises';
import { declareStorageError } from '../storage/storageFailures.ts';

/** As file systems keep holes. */
const PIECE_BYTES = 64 * 1024;
const zeros = Buffer.alloc(PIECE_BYTES);

export interface SparseFile {
  readonly bytes: number;
  write(chunk: Buffer): Promise<void>;
  /** Gives the file its length, waits until it is on the disk, and closes it. */
  end(): Promise<void>;
  /** Closes it as it is. */
  close(): Promise<void>;
}

/** A new file whose pieces of zeros take no space: disk images are mostly empty. Throws DISK_FULL. */
export async function createSparseFile(path: string): Promise<SparseFile> {
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    async write(chunk) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES);
        if (!isEmpty(piece)) await writeAll(file, piece, bytes, path);
        bytes += piece.length;
      }
    },
    async end() {
      await file.truncate(bytes);
      await file.sync();
      await file.close();
    },
    close: () => file.close(),
  };
}

function isEmpty(piece: Buffer): boolean {
  return piece.equals(piece.length === PIECE_BYTES ? zeros : zeros.subarray(0, piece.length));
}

async function writeAll(file: FileHandle, piece: Buffer, position: number, path: string): Promise<void> {
  try {
    for (let written = 0; written < piece.length; ) {
      const { bytesWritten } = await file.write(piece, written, piece.length - written, position + written);
      written += bytesWritten;
    }
  } catch (error) {
    throw declareStorageError(path, error);
  }
}
