import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogReader, LONGEST_LINE_BYTES } from '../../../renderer/features/consoles/logReader.ts';

function readerOf(log: Uint8Array, first = 0) {
  const reads: [number, number][] = [];
  const reader = createLogReader({
    range: () => ({ first, end: log.length }),
    read: (from, length) => {
      reads.push([from, length]);
      return Promise.resolve({ from, bytes: log.subarray(from, from + length), marks: [] });
    },
    marks: () => undefined,
  });
  return { reader, reads };
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const numbered = (count: number): Uint8Array => encode(Array.from({ length: count }, (_, index) => `line ${index}\r\n`).join(''));

describe('a reader of a log', () => {
  test('reads the lines from an offset, the unfinished last one included', async () => {
    const { reader } = readerOf(encode('one\r\ntwo\npetri# '));
    expect(await reader.linesFrom(0, 10)).toEqual([
      { offset: 0, next: 5, text: 'one' },
      { offset: 5, next: 9, text: 'two' },
      { offset: 9, next: 16, text: 'petri# ' },
    ]);
  });

  test('finds the beginning of the line that holds a byte', async () => {
    const { reader } = readerOf(encode('one\ntwo\nthree'));
    expect(await Promise.all([0, 2, 3, 4, 7, 8, 12].map((offset) => reader.startOf(offset)))).toEqual([0, 0, 0, 4, 4, 8, 8]);
  });

  test('goes back as many lines as it went forward, wherever lines and pages begin', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 120 }), fc.nat(), async (lengths, pick) => {
        const log = encode(lengths.map((length) => `${'x'.repeat(length)}\n`).join(''));
        const { reader } = readerOf(log);
        const lines = await reader.linesFrom(0, lengths.length);
        const at = pick % lines.length;
        expect(await reader.startBefore(lines[at]?.offset ?? 0, at)).toBe(0);
        expect(await reader.startBefore(log.length, lines.length - at)).toBe(lines[at]?.offset);
      }),
      { numRuns: 40 },
    );
  });

  test('cuts a line without an end into pieces, so that it can be scrolled', async () => {
    const { reader } = readerOf(encode('y'.repeat(3 * LONGEST_LINE_BYTES)));
    const lines = await reader.linesFrom(0, 5);
    expect(lines.map(({ text }) => text.length)).toEqual([LONGEST_LINE_BYTES, LONGEST_LINE_BYTES, LONGEST_LINE_BYTES]);
    expect(await reader.startBefore(3 * LONGEST_LINE_BYTES, 1)).toBe(2 * LONGEST_LINE_BYTES);
  });

  test('begins at the oldest byte that is kept', async () => {
    const { reader } = readerOf(encode('gone\nkept\nlast\n'), 5);
    expect((await reader.linesFrom(0, 9)).map(({ text }) => text)).toEqual(['kept', 'last']);
    expect(await reader.startBefore(10, 5)).toBe(5);
  });

  test('reads two pages at most for a screen in the middle of a million lines, and none for the next line', async () => {
    const log = numbered(1_000_000);
    const { reader, reads } = readerOf(log);
    const start = await reader.startOf(Math.floor(log.length / 2));
    await reader.linesFrom(start, 60);
    expect(reads.length).toBeLessThanOrEqual(2);
    const before = reads.length;
    await reader.linesFrom(await reader.startBefore(start, 1), 60);
    expect(reads.length - before).toBeLessThanOrEqual(1);
  });
});
