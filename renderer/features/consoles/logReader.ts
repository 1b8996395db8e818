import type { TimeMark } from '../../../electron/contract/consoles.ts';
import { plainText } from '../../../electron/core/consoles/plainText.ts';

/** A line of a console's log: where it begins, where the next one begins, and its text without control sequences. */
export interface LogLine {
  readonly offset: number;
  readonly next: number;
  readonly text: string;
}

export interface LogReaderOptions {
  readonly range: () => { readonly first: number; readonly end: number };
  /** Reads at most `bytes` bytes from `from`. */
  readonly read: (from: number, bytes: number) => Promise<{ from: number; bytes: Uint8Array; marks: readonly TimeMark[] }>;
  readonly marks: (marks: readonly TimeMark[]) => void;
}

export interface LogReader {
  /** `count` lines from the line that begins at `offset`; fewer at the end. */
  linesFrom(offset: number, count: number): Promise<LogLine[]>;
  /** Where the line begins that is `count` lines before the one at `offset`; stops at the oldest byte. */
  startBefore(offset: number, count: number): Promise<number>;
  /** Where the line begins that holds the byte at `offset`. */
  startOf(offset: number): Promise<number>;
}

const NEWLINE = 10;
const PAGE_BYTES = 64 * 1024;
const PAGES_KEPT = 48;
/** A line without an end is shown in pieces of this size, so that one line cannot fill the memory. */
export const LONGEST_LINE_BYTES = 4_096;

/**
 * Reads lines anywhere in a log of any size without an index of it: positions are byte offsets, and pages of 64 KiB
 * are kept as long as they are near.
 */
export function createLogReader(options: LogReaderOptions): LogReader {
  const pages = new Map<number, Uint8Array>();
  const decoder = new TextDecoder();

  async function page(index: number): Promise<Uint8Array> {
    const { first, end } = options.range();
    const from = Math.max(first, index * PAGE_BYTES);
    const length = Math.min(end, (index + 1) * PAGE_BYTES) - from;
    const kept = pages.get(index);
    if (kept !== undefined && kept.length >= length) return kept;
    if (length <= 0) return new Uint8Array();
    const window = await options.read(from, length);
    options.marks(window.marks);
    pages.delete(index);
    pages.set(index, window.bytes);
    const [oldest] = pages.keys();
    if (pages.size > PAGES_KEPT && oldest !== undefined) pages.delete(oldest);
    return window.bytes;
  }

  /** The bytes from `from` to the end of its page; empty at the end of the log. */
  async function restOfPage(from: number): Promise<Uint8Array> {
    const index = Math.floor(from / PAGE_BYTES);
    const bytes = await page(index);
    return bytes.subarray(from - Math.max(options.range().first, index * PAGE_BYTES));
  }

  async function lineAt(offset: number): Promise<LogLine | null> {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < LONGEST_LINE_BYTES) {
      const rest = (await restOfPage(offset + length)).subarray(0, LONGEST_LINE_BYTES - length);
      if (rest.length === 0) break;
      const newline = rest.indexOf(NEWLINE);
      parts.push(newline === -1 ? rest : rest.subarray(0, newline + 1));
      length += newline === -1 ? rest.length : newline + 1;
      if (newline !== -1) break;
    }
    if (length === 0) return null;
    const text = parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
    return { offset, next: offset + length, text: plainText(text) };
  }

  async function linesFrom(offset: number, count: number): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    let at = Math.max(offset, options.range().first);
    while (lines.length < count) {
      const line = await lineAt(at);
      if (line === null) break;
      lines.push(line);
      at = line.next;
    }
    return lines;
  }

  /** The line that ends just before `offset`. */
  async function previousStart(offset: number): Promise<number> {
    const { first } = options.range();
    if (offset <= first) return first;
    // The byte before `offset` ends the line that is looked for, so the search begins one byte earlier.
    let before = offset - 1;
    const lowest = Math.max(first, offset - PAGE_BYTES);
    while (before > lowest) {
      const index = Math.floor((before - 1) / PAGE_BYTES);
      const begins = Math.max(first, index * PAGE_BYTES);
      const bytes = (await page(index)).subarray(0, before - begins);
      const newline = bytes.lastIndexOf(NEWLINE);
      if (newline !== -1) return shortened(begins + newline + 1, offset);
      before = begins;
    }
    return lowest === first ? shortened(first, offset) : Math.floor((offset - 1) / LONGEST_LINE_BYTES) * LONGEST_LINE_BYTES;
  }

  /** A long line is shown in pieces: the start of its last piece before `offset`. */
  function shortened(start: number, offset: number): number {
    const pieces = Math.floor((offset - 1 - start) / LONGEST_LINE_BYTES);
    return start + pieces * LONGEST_LINE_BYTES;
  }

  return {
    linesFrom,
    async startBefore(offset, count) {
      let at = offset;
      for (let step = 0; step < count && at > options.range().first; step += 1) at = await previousStart(at);
      return at;
    },
    startOf: (offset) => previousStart(offset + 1),
  };
}
