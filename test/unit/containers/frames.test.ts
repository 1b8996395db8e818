import { expect, it } from 'vitest';
import { beginFrames, readFrames } from '../../../electron/core/containers/frames.ts';

const frame = (kind: number, text: string): Buffer => Buffer.concat([Buffer.from([kind, 0, 0, 0, 0, 0, text.length >> 8, text.length & 255]), Buffer.from(text)]);
const whole = Buffer.concat([frame(1, 'output'), frame(2, 'error'), frame(1, ''), frame(1, 'x'.repeat(300))]);

it.each([1, 3, 7, 8, 9, 64, 1_000])('frames that come %i bytes at a time are put together again', (size) => {
  let state = beginFrames;
  const text = { output: '', error: '' };
  for (let at = 0; at < whole.length; at += size) {
    const read = readFrames(state, whole.subarray(at, at + size));
    state = read.state;
    for (const { from, bytes } of read.pieces) text[from] += Buffer.from(bytes).toString();
  }
  expect(text).toEqual({ output: `output${'x'.repeat(300)}`, error: 'error' });
  expect(state).toEqual(beginFrames);
});

it('a hundred thousand frames at once are no more trouble than one', () => {
  const many = Buffer.concat(Array.from({ length: 100_000 }, () => frame(1, 'a')));
  expect(readFrames(beginFrames, many).pieces).toHaveLength(100_000);
});
