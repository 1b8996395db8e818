import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { TimeMark } from '../../contract/consoles.ts';

/** On disk a mark is its offset (unsigned, 64 bits) and its Unix time in milliseconds (double), both big-endian. */
const MARK_BYTES = 16;

/** A mark is worth its 16 bytes when this much was printed since the last one, … */
const SPARSE_BYTES = 64;
const SPARSE_MS = 10;
/** … or when the guest paused: then the first byte after the pause has its time. */
const PAUSE_MS = 250;

/** The sparse marks of one segment, on disk and in memory. */
export interface MarkFile {
  readonly marks: readonly TimeMark[];
  /** Notes the time of the byte at `offset` unless a mark close by says it already. */
  note(offset: number, atMs: number): void;
  close(): void;
}

/** A clock that was set back makes a mark too: marks are ordered by offset, not by time. */
function isWorthNoting(last: TimeMark | undefined, offset: number, atMs: number): boolean {
  if (last === undefined) return true;
  const elapsedMs = Math.abs(atMs - last.atMs);
  return elapsedMs >= PAUSE_MS || (elapsedMs >= SPARSE_MS && offset - last.offset >= SPARSE_BYTES);
}

/** Opens the marks of a segment for appending; what a crash left torn or pointing behind `end` is cut off. */
export function openMarkFile(path: string, end: number): MarkFile {
  const marks = readMarks(path).filter(({ offset }) => offset < end);
  const fd = openSync(path, 'a', 0o600);
  truncateSync(path, marks.length * MARK_BYTES);
  return {
    marks,
    note(offset, atMs) {
      if (!isWorthNoting(marks.at(-1), offset, atMs)) return;
      const mark = { offset, atMs };
      try {
        writeSync(fd, encodeMark(mark));
        marks.push(mark);
      } catch {
        // The disk is full: the bytes themselves meet the same error and report it. A lost mark only blurs a time.
      }
    },
    close: () => closeSync(fd),
  };
}

/** All whole marks of a file; none when it does not exist. */
export function readMarks(path: string): TimeMark[] {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch {
    // Without its marks a segment still has all its bytes.
    return [];
  }
  const whole = Math.floor(content.length / MARK_BYTES);
  return Array.from({ length: whole }, (_, index) => decodeMark(content, index * MARK_BYTES));
}

/** The index of the first mark at or after `offset`. */
export function firstMarkFrom(marks: readonly TimeMark[], offset: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((marks[middle]?.offset ?? Infinity) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function encodeMark({ offset, atMs }: TimeMark): Buffer {
  const encoded = Buffer.alloc(MARK_BYTES);
  encoded.writeBigUInt64BE(BigInt(offset), 0);
  encoded.writeDoubleBE(atMs, 8);
  return encoded;
}

function decodeMark(content: Buffer, at: number): TimeMark {
  return { offset: Number(content.readBigUInt64BE(at)), atMs: content.readDoubleBE(at + 8) };
}
