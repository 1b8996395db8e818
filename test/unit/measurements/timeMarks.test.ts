import { describe, expect, it } from 'vitest';
import type { PhaseTable } from '../../../electron/contract/measurements.ts';
import { beginPhases, matchPhases } from '../../../electron/core/measurements/phases.ts';
import { createMarkKeeper, noWindowMarks, readTimeMarks, stampsBetween, timeMarksText, type TimeMarks } from '../../../electron/core/measurements/timeMarks.ts';

const phase = (name: string, pattern: string) => ({ name, title: name, pattern, optional: false, explanation: '' });
const table: PhaseTable = { id: 'two', system: '', source: '', prompt: null, phases: [phase('first', 'one'), phase('second', 'two$')] };
const pieces = ['say one\r\nthen ', 't', 'wo', '\nlate'].map((text) => new TextEncoder().encode(text));

/** Each byte is sent 10 ns after the one before it, and the clock has parts of nanoseconds. */
function measured() {
  const keeper = createMarkKeeper();
  let progress = beginPhases(table);
  let sent = 0;
  for (const bytes of pieces) {
    const stamped = { bytes, stampsNs: Array.from(bytes, (_, at) => (sent + at) * 10 + 0.4) };
    sent += bytes.length;
    keeper.take(stamped);
    progress = matchPhases(progress, stamped);
  }
  return { progress, marks: { ...noWindowMarks, spawnNs: 7n, ...keeper.marks(progress.seen.values()) } satisfies TimeMarks };
}

describe('time marks', () => {
  it('are of the first byte of each line, and of each phase', () => {
    expect(measured().marks.bytes).toEqual([{ offset: 0, atNs: 0 }, { offset: 4, atNs: 40 }, { offset: 9, atNs: 90 }, { offset: 14, atNs: 140 }, { offset: 18, atNs: 180 }]);
  });

  it('give the same phases again, with the bytes and in the same pieces', () => {
    const { progress, marks } = measured();
    const bytes = Buffer.concat(pieces);
    let [again, begin] = [beginPhases(table), 0];
    for (const end of marks.pieces) {
      again = matchPhases(again, { bytes: bytes.subarray(begin, end), stampsNs: stampsBetween(marks.bytes, begin, end) });
      begin = end;
    }
    expect([...again.seen.values()]).toEqual([...progress.seen.values()]);
    expect(again.firstByteNs).toBe(0);
  });

  it('are the same after a way through text', () => {
    const whole: TimeMarks = { ...measured().marks, window: { fromNs: 1, toNs: 2 }, counted: { from: 3, to: 4 }, loadNs: 5, work: { unit: 'calls of 2 kinds', amount: 6.5 }, network: { bytesReceived: 13, bytesSent: 14 }, disks: { before: { operations: 7, bytesRead: 8, bytesWritten: 9 }, after: { operations: 10, bytesRead: 11, bytesWritten: 12 } } };
    expect(readTimeMarks(timeMarksText(whole))).toEqual(whole);
    expect(readTimeMarks(timeMarksText(measured().marks))).toEqual(measured().marks);
  });

  it.each([
    ['another first line', (text: string) => text.replace('marks 1', 'marks 2')],
    ['a letter in a number', (text: string) => text.replace('byte 4 40', 'byte 4 4O')],
    ['a word that is not one', (text: string) => text.replace('piece', 'peace')],
    ['a number too much', (text: string) => text.replace('byte 4 40', 'byte 4 40 1')],
    ['bytes in another order', (text: string) => text.replace('byte 4 40', 'byte 14 40')],
    ['an end in the middle', (text: string) => text.slice(0, -2)],
  ])('with %s are none', (_, change) => {
    const text = timeMarksText(measured().marks);
    expect(change(text)).not.toBe(text);
    expect(readTimeMarks(change(text))).toBeNull();
  });
});
