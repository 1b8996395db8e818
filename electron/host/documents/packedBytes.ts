import { gunzipSync, gzipSync } from 'node:zlib';

/** Bytes as a report carries them. The same bytes are the same text. */
export function packBytes(bytes: Uint8Array): string {
  return gzipSync(bytes, { level: 9 }).toString('base64');
}

/** The other way; never more than `most` bytes, whatever is claimed. A string says why it failed. */
export function unpackBytes(gzip: string, most: number): Buffer | string {
  try {
    return gunzipSync(Buffer.from(gzip, 'base64'), { maxOutputLength: Math.max(1, most) });
  } catch (error) {
    return error instanceof RangeError ? `it unpacks to more than the ${most} bytes that it claims` : 'it cannot be unpacked: its bytes were changed';
  }
}
