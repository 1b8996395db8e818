import { open } from 'node:fs/promises';

/** At most the last 4 KiB of a file, or nothing when it cannot be read: a tail is a courtesy, never the point. */
export async function readTail(path: string, bytes = 4_096): Promise<string> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const length = Math.min(size, bytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } catch {
    return '';
  }
}
