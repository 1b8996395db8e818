import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import { rmSync } from 'node:fs';
import type { Extent, ImageFile, QemuImg } from './qemuImg.ts';

const PIECE_BYTES = 1024 * 1024;
const zeros = Buffer.alloc(PIECE_BYTES);

/** The files that a disk's content may lie in: itself, then what it rests on. */
export type Chain = readonly ImageFile[];

async function hashZeros(hash: Hash, length: number, signal: AbortSignal | undefined): Promise<void> {
  for (let left = length; left > 0; left -= PIECE_BYTES) {
    signal?.throwIfAborted();
    hash.update(left >= PIECE_BYTES ? zeros : zeros.subarray(0, left));
    await breathe();
  }
}

async function hashFile(hash: Hash, file: FileHandle, from: number, length: number, signal: AbortSignal | undefined): Promise<void> {
  const buffer = Buffer.alloc(Math.min(PIECE_BYTES, length));
  for (let done = 0; done < length; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, length - done), from + done);
    // An image may end before its last cluster does: what is behind its end reads as zeros.
    if (bytesRead === 0) return hashZeros(hash, length - done, signal);
    hash.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
  }
}

/** Whether every extent with data says where in which file it lies; what is compressed does not. */
function isPlain(extents: readonly Extent[]): boolean {
  return extents.every(({ zero, data, offset }) => zero || !data || offset !== undefined);
}

async function hashExtents(hash: Hash, chain: Chain, extents: readonly Extent[], virtualBytes: number, signal: AbortSignal | undefined): Promise<void> {
  const files = new Map<number, FileHandle>();
  let at = 0;
  try {
    for (const { start, length, depth, zero, data, offset } of extents) {
      await hashZeros(hash, start - at, signal);
      at = start + length;
      const source = chain[depth];
      if (zero || !data || offset === undefined || source === undefined) {
        await hashZeros(hash, length, signal);
        continue;
      }
      const file = files.get(depth) ?? (await open(source.path, 'r'));
      files.set(depth, file);
      await hashFile(hash, file, offset, length, signal);
    }
    await hashZeros(hash, virtualBytes - at, signal);
  } finally {
    await Promise.all([...files.values()].map((file) => file.close()));
  }
}

/**
 * The SHA-256 of what a guest would read from the first to the last sector, and how many bytes that is. It depends on
 * nothing else: not on the format, nor on how the content is spread over layers. Holes are not read.
 * `scratch` is a path for a copy, which is made only of an image whose data are compressed.
 */
export async function contentDigest(qemuImg: QemuImg, chain: Chain, scratch: () => string, signal?: AbortSignal): Promise<{ digest: string; bytes: number }> {
  const [top] = chain;
  if (top === undefined) throw new Error('a disk without a file has no content');
  const { virtualBytes } = await qemuImg.info(top);
  const extents = await qemuImg.map(top, signal);
  const hash = createHash('sha256');
  if (isPlain(extents)) await hashExtents(hash, chain, extents, virtualBytes, signal);
  else await hashCopy(hash, qemuImg, top, scratch(), virtualBytes, signal);
  return { digest: hash.digest('hex'), bytes: virtualBytes };
}

async function hashCopy(hash: Hash, qemuImg: QemuImg, top: ImageFile, path: string, virtualBytes: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    const copy: ImageFile = { path, format: 'raw' };
    await qemuImg.convert(top, copy, signal === undefined ? {} : { signal });
    await hashExtents(hash, [copy], await qemuImg.map(copy, signal), virtualBytes, signal);
  } finally {
    rmSync(path, { force: true });
  }
}
