import { describe, expect, test } from 'vitest';
import { openConsoleFeed, take } from '../../../renderer/features/consoles/consoleFeed.ts';
import type { ConsoleListener } from '../../../renderer/transport/transport.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A feed whose frames and screen the test turns by hand. */
async function feedByHand(from = 0) {
  const frames: (() => void)[] = [];
  const shown: { text: string; offset: number; done: () => void }[] = [];
  const acknowledged: number[] = [];
  const gaps: [number, number][] = [];
  let listener: ConsoleListener | null = null;
  const feed = await openConsoleFeed({
    from,
    open: (_, given) => {
      listener = given;
      return Promise.resolve({ send: () => undefined, acknowledge: (offset) => acknowledged.push(offset), close: () => undefined });
    },
    show: (part, offset, done) => shown.push({ text: new TextDecoder().decode(part), offset, done }),
    gap: (before, after) => gaps.push([before, after]),
    lost: () => undefined,
    nextFrame: (callback) => frames.push(callback),
  });
  const receive = (offset: number, text: string | Uint8Array): void => listener?.bytes(offset, typeof text === 'string' ? bytes(text) : text);
  return { feed, frames, shown, acknowledged, gaps, receive };
}

describe('a console’s feed', () => {
  test('joins what arrives between two frames and acknowledges it only when it is on the screen', async () => {
    const { frames, shown, acknowledged, receive } = await feedByHand(100);
    receive(100, 'one ');
    receive(104, 'two');
    expect(frames).toHaveLength(1);
    frames.shift()?.();
    expect(shown.map(({ text, offset }) => ({ text, offset }))).toEqual([{ text: 'one two', offset: 100 }]);
    expect(acknowledged).toEqual([]);
    shown[0]?.done();
    expect(acknowledged).toEqual([107]);
  });

  test('shows a flood in pieces, one a frame, and asks for no frame while a piece is being shown', async () => {
    const { frames, shown, receive } = await feedByHand();
    receive(0, new Uint8Array(600 * 1024));
    frames.shift()?.();
    receive(600 * 1024, 'more');
    expect(frames).toHaveLength(0);
    shown[0]?.done();
    frames.shift()?.();
    shown[1]?.done();
    frames.shift()?.();
    expect(shown.map(({ text, offset }) => [offset, text.length])).toEqual([[0, 262_144], [262_144, 262_144], [524_288, 90_116]]);
  });

  test('tells of bytes that are no longer kept and goes on after them', async () => {
    const { frames, shown, gaps, receive } = await feedByHand();
    receive(5_000, 'later');
    expect(gaps).toEqual([[0, 5_000]]);
    frames.shift()?.();
    expect(shown[0]).toMatchObject({ text: 'later', offset: 5_000 });
  });

  test('shows and acknowledges nothing after it was closed', async () => {
    const { feed, frames, shown, acknowledged, receive } = await feedByHand();
    receive(0, 'x');
    frames.shift()?.();
    feed.close();
    shown[0]?.done();
    receive(1, 'y');
    expect(acknowledged).toEqual([]);
    expect(frames).toHaveLength(0);
  });
});

test('taking from chunks keeps every byte in order', () => {
  const chunks = [bytes('abc'), bytes('defg'), bytes('h')];
  expect([take(chunks, 5), take(chunks, 2), take(chunks, 9)].map((part) => new TextDecoder().decode(part))).toEqual(['abcde', 'fg', 'h']);
  expect(chunks).toEqual([]);
});
