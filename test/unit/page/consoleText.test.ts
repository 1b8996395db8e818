import { describe, expect, test } from 'vitest';
import { lineSegments } from '../../../renderer/features/consoles/lineSegments.ts';
import { plainText } from '../../../electron/core/consoles/plainText.ts';
import { piecesOf } from '../../../renderer/features/consoles/search.ts';
import { isTerminalReply } from '../../../renderer/features/consoles/terminalReplies.ts';
import { createTimeIndex } from '../../../renderer/features/consoles/timeIndex.ts';

describe('a line of serial output as text', () => {
  test.each([
    ['\u001b[32mok\u001b[0m done\r\n', 'ok done'],
    ['\u001b]0;a title\u0007after', 'after'],
    ['10 %\r20 %\r\n', '20 %'],
    ['bell\u0007 and null\u0000', 'bell and null'],
    ['tab\tstays', 'tab\tstays'],
    ['\u001b[?25l\u001b(Bplain', 'plain'],
    ['\u001b[unfinished', 'nfinished'],
  ])('%j is %j', (line, text) => expect(plainText(line)).toBe(text));
});

test('matches in a line are marked, and a broken expression marks nothing', () => {
  expect(piecesOf('a.b a+b', { pattern: 'a+b', kind: 'text' })).toEqual([{ text: 'a.b ', hit: false }, { text: 'a+b', hit: true }]);
  expect(piecesOf('phase 12', { pattern: '\\d+', kind: 'expression' })).toEqual([{ text: 'phase ', hit: false }, { text: '12', hit: true }]);
  expect(piecesOf('x', { pattern: '(', kind: 'expression' })).toEqual([{ text: 'x', hit: false }]);
  expect(piecesOf('x', { pattern: 'y*', kind: 'expression' })).toEqual([{ text: 'x', hit: false }]);
});

test('what a terminal answers by itself is told from what a person types', () => {
  expect(['\u001b[24;80R', '\u001b[?1;2c', '\u001b[>0;276;0c', '\u001b[0n', '\u001b[?2026;2$y', '\u001bP1$r0m\u001b\\', '\u001b[I'].filter(isTerminalReply)).toHaveLength(7);
  expect(['a', '\r', '\u001b[A', '\u001b', '\u001b[3~', '\u001bOP', '\u001b[1;5C'].filter(isTerminalReply)).toEqual([]);
});

test('times are known from the nearest mark before, in whatever order marks come', () => {
  const times = createTimeIndex();
  times.add([{ offset: 100, atMs: 2 }]);
  times.add([{ offset: 0, atMs: 1 }, { offset: 100, atMs: 9 }, { offset: 200, atMs: 3 }]);
  expect([0, 99, 100, 150, 5_000].map(times.at)).toEqual([1, 1, 2, 2, 3]);
  expect(createTimeIndex().at(5)).toBeNull();
});

test('bytes are split after each newline, and a flood is not', () => {
  expect(lineSegments(new TextEncoder().encode('a\nbc\nd')).map(({ length }) => length)).toEqual([2, 3, 1]);
  expect(lineSegments(new Uint8Array(100_000).fill(10))).toHaveLength(1);
});
