/** A piece of a console: `bytes` begin at `offset` of its log. */
export interface ConsoleFrame {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const HEADER_BYTES = 8;

/** The binary frame of the raw channel: the offset as an unsigned 64-bit big-endian number, then the bytes. */
export function encodeFrame(offset: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(HEADER_BYTES + bytes.length);
  new DataView(frame.buffer).setBigUint64(0, BigInt(offset));
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** The inverse of `encodeFrame`; the bytes share the memory of the frame. Null when the frame has no whole offset. */
export function decodeFrame(frame: Uint8Array): ConsoleFrame | null {
  if (frame.length < HEADER_BYTES) return null;
  const offset = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getBigUint64(0);
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return { offset: Number(offset), bytes: frame.subarray(HEADER_BYTES) };
}
