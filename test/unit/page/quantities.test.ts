import { expect, test } from 'vitest';
import { commandLines, formatBytes, formatClock, formatCommand, formatDate, formatDuration, formatElapsed, formatExactInstant, formatInstant } from '../../../renderer/components/quantities.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  [0, '0 ns'],
  [999, '999 ns'],
  [1_500, '1.500 µs'],
  [12_345_678, '12.35 ms'],
  [412_000_000, '412.0 ms'],
  [1_234_567_890, '1.235 s'],
  [-2_000_000, '-2.000 ms'],
])('%d ns is shown as %s', (ns, text) => expect(plain(formatDuration(ns))).toBe(text));

test.each([[0, '0 B'], [1023, '1023 B'], [1536, '1.5 KiB'], [120 * 2 ** 30, '120 GiB'], [2 ** 50, '1024 TiB']])('%d bytes are shown as %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

test.each([[-5, '0 s'], [59_999, '59 s'], [125_000, '2 min 05 s'], [3_720_000, '1 h 02 min']])('%d ms elapsed is shown as %s', (ms, text) => expect(plain(formatElapsed(ms))).toBe(text));

test('a command is what a person would type, and its lines hold an option each', () => {
  const argv = ['qemu-system-i386', '-name', "Ada's guest", '-m', '64', '-append', 'a b'];
  expect(formatCommand(argv)).toBe(`qemu-system-i386 -name 'Ada'\\''s guest' -m 64 -append 'a b'`);
  expect(commandLines(argv)).toEqual(['qemu-system-i386', `-name 'Ada'\\''s guest'`, '-m 64', `-append 'a b'`]);
});

test('dates are year, month and day in the time of this place, whatever the language of the browser', () => {
  const at = new Date(2026, 2, 9, 4, 5, 6, 7);
  expect([formatDate(at), formatClock(at, 'minutes'), formatClock(at), formatClock(at, 'milliseconds')]).toEqual(['2026-03-09', '04:05', '04:05:06', '04:05:06.007']);
  expect(formatExactInstant(at.toISOString())).toBe('2026-03-09 04:05:06.007');
  expect(formatInstant(at.toISOString(), new Date(2026, 2, 9, 23))).toBe('04:05:06');
  expect(formatInstant(at.toISOString(), new Date(2026, 2, 10))).toBe('2026-03-09 04:05');
});
