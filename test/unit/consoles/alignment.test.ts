import { describe, expect, test } from 'vitest';
import { positionAfter, positionOfReceived } from '../../../electron/core/consoles/alignment.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** Text in which every part of eight letters is unique. */
const story = Array.from({ length: 2_000 }, (_, index) => `line ${index.toString().padStart(6, '0')}\n`).join('');

describe('the position after a tail', () => {
  test('is where the count says when the machine’s log repeats nothing', () => {
    expect(positionAfter(bytes(story.slice(1_000, 5_000)), bytes(story), 5_000)).toBe(5_000);
  });

  test('is found by content when single bytes of the log are repeated', () => {
    const logged = story.replaceAll('7\n', '77\n').replaceAll('00003', '000003');
    const tail = story.slice(3_000, 5_000);
    const position = positionAfter(bytes(tail), bytes(logged), 5_000);
    expect(position).toBeGreaterThan(5_000);
    expect(logged.slice(position, position + 12)).toBe(story.slice(5_000, 5_012));
  });

  test('takes a repeated byte behind the tail for a byte that was printed: better twice than lost', () => {
    expect(positionAfter(bytes('hel'), bytes('hello'), 3)).toBe(3);
  });

  test('is nearest to the count where the content repeats itself', () => {
    expect(positionAfter(bytes('x'.repeat(4_096)), bytes('x'.repeat(20_000)), 9_000)).toBe(9_000);
  });

  test('is the count when the tail is not there, and never outside of the log', () => {
    expect(positionAfter(bytes('something else'), bytes(story), 77)).toBe(77);
    expect(positionAfter(bytes('something else'), bytes('short'), 77)).toBe(5);
    expect(positionAfter(bytes(''), bytes(story), 0)).toBe(0);
  });
});

describe('the position of received bytes', () => {
  test('is the end of the log for a few', () => {
    expect(positionOfReceived(bytes('petri# petri# '), bytes('petri# '))).toBe(7);
  });

  test('is unknown while the log has not all of a few, or has more', () => {
    expect(positionOfReceived(bytes('petr'), bytes('petri# '))).toBeNull();
    expect(positionOfReceived(bytes('help\npet'), bytes('petri# '))).toBeNull();
    expect(positionOfReceived(bytes('petri# help'), bytes('petri# '))).toBeNull();
  });

  test('is found for many though the log goes on, lacks the last one, or repeats later ones', () => {
    const received = story.slice(5_000, 5_100);
    expect(positionOfReceived(bytes(story.slice(0, 7_000)), bytes(received))).toBe(5_000);
    expect(positionOfReceived(bytes(story.slice(0, 5_099)), bytes(received))).toBe(5_000);
    expect(positionOfReceived(bytes(`${story.slice(0, 5_200)}0${story.slice(5_200, 6_000)}`), bytes(story.slice(5_000, 6_000)))).toBe(5_000);
  });
});
