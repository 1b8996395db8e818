/** LZ4's legacy frame, which Linux packs itself in (lib/decompress_unlz4.c; LZ4 Frame Format, "Legacy frame"). */
export const LZ4_LEGACY_MAGIC = [0x02, 0x21, 0x4c, 0x18] as const;

/** All blocks but the last one unpack to this. */
const BLOCK_BYTES = 8 * 1024 * 1024;
const SHORTEST_MATCH = 4;

/**
 * Unpacks blocks until their end, or until what stands where a block's length should be is none: Linux puts its own size there.
 * Throws RangeError for what is damaged or unpacks to more than `limitBytes`.
 */
export function unpackLz4Legacy(bytes: Uint8Array, limitBytes: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: Uint8Array[] = [];
  let [at, total] = [LZ4_LEGACY_MAGIC.length as number, 0];
  while (at + 4 <= bytes.length) {
    const length = view.getUint32(at, true);
    if (at + 4 + length > bytes.length) break;
    const block = unpackBlock(bytes.subarray(at + 4, at + 4 + length));
    total += block.length;
    if (total > limitBytes) throw new RangeError(`it unpacks to more than ${limitBytes} bytes`);
    blocks.push(block);
    at += 4 + length;
    if (block.length < BLOCK_BYTES) break;
  }
  if (total === 0) throw new RangeError('nothing is packed in it');
  const whole = new Uint8Array(total);
  let end = 0;
  for (const block of blocks) {
    whole.set(block, end);
    end += block.length;
  }
  return whole;
}

/** Sequences of literals and a match (LZ4 Block Format). The last one has no match. */
function unpackBlock(source: Uint8Array): Uint8Array {
  const target = new Uint8Array(BLOCK_BYTES);
  let [from, to] = [0, 0];
  const next = (): number => {
    const byte = source[from];
    if (byte === undefined) throw new RangeError('a block of it is cut');
    from += 1;
    return byte;
  };
  /** Fifteen says that more follows, 255 that still more does. */
  const lengthOf = (nibble: number): number => {
    if (nibble < 15) return nibble;
    let [length, more] = [15, 255];
    while (more === 255) length += more = next();
    return length;
  };
  while (from < source.length) {
    const token = next();
    const literals = lengthOf(token >> 4);
    if (from + literals > source.length || to + literals > BLOCK_BYTES) throw new RangeError('a block of it is damaged');
    target.set(source.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from >= source.length) break;
    const distance = next() | (next() << 8);
    const length = lengthOf(token & 15) + SHORTEST_MATCH;
    if (distance === 0 || distance > to || to + length > BLOCK_BYTES) throw new RangeError('a block of it is damaged');
    // What is copied may overlap with what it is copied to, so that it repeats.
    for (const end = to + length; to < end; to++) target[to] = target[to - distance] ?? 0;
  }
  return target.subarray(0, to);
}
