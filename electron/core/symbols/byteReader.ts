import { DeclaredError } from '../../contract/errors.ts';

/** Reads numbers and texts of a file that may be cut or lie; whatever is not inside the file is SYMBOLS_UNREADABLE. */
export interface ByteReader {
  readonly length: number;
  /** Fails when the range is not inside the file, before anything of that size is made. */
  range(offset: bigint | number, size: bigint | number, what: string): { readonly offset: number; readonly size: number };
  u16(offset: number): number;
  u32(offset: number): number;
  u64(offset: number): bigint;
  /** A text up to its zero, at most up to `end`. */
  text(offset: number, end: number): string;
}

export function unreadable(file: string, reason: string): DeclaredError<'SYMBOLS_UNREADABLE'> {
  return new DeclaredError('SYMBOLS_UNREADABLE', { file, reason });
}

export function byteReader(file: string, bytes: Uint8Array, littleEndian: boolean): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength;
  const range: ByteReader['range'] = (offset, size, what) => {
    const [begin, count] = [BigInt(offset), BigInt(size)];
    if (begin < 0n || count < 0n || begin + count > BigInt(length)) {
      throw unreadable(file, `${what} would be at bytes ${begin} to ${begin + count}, and the file has ${length}: it is cut or damaged`);
    }
    return { offset: Number(begin), size: Number(count) };
  };
  const at = (offset: number, size: number): number => range(offset, size, 'a number').offset;
  return {
    length,
    range,
    u16: (offset) => view.getUint16(at(offset, 2), littleEndian),
    u32: (offset) => view.getUint32(at(offset, 4), littleEndian),
    u64: (offset) => view.getBigUint64(at(offset, 8), littleEndian),
    text(offset, end) {
      let stop = offset;
      while (stop < end && bytes[stop] !== 0) stop++;
      return String.fromCharCode(...bytes.subarray(offset, Math.min(stop, offset + LONGEST_NAME)));
    },
  };
}

/** C++ and Rust make long names; a text without an end must not become one. */
const LONGEST_NAME = 4_096;
