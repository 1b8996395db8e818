import { describe, expect, test } from 'vitest';
import { positionAfter, positionOfReceived } from '../../../electron/core/consoles/alignment.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** Text in which every part of eight letters is unique. */
const story = Array.from({ length: 2_000 }, (_, index) => `line ${index.toString().padStart(6, '0')}\n`).join('');

describe('the position after a tail', () => {
  test('is where the count says when the machine’s log repeats nothing', () => {
    expect(positionAfter(bytes(story.slice(1_000, 5_000)), bytes(story), 5_000)).toBe(5_000);
  });

  test('is found by content when the log holds some bytes twice', () => {
    const logged = `${story.slice(0, 700)}${story.slice(690, 9_000)}`;
    expect(positionAfter(bytes(story.slice(1_000, 5_000)), bytes(logged), 5_000)).toBe(5_010);
  });

  test('is found when the repeated bytes are inside of the tail', () => {
    const logged = `${story.slice(0, 4_600)}${story.slice(4_590, 9_000)}`;
    expect(positionAfter(bytes(story.slice(1_000, 5_000)), bytes(logged), 5_000)).toBe(5_010);
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
  test('is the last place at which all of them stand', () => {
    expect(positionOfReceived(bytes('petri# petri# '), bytes('petri# '))).toBe(7);
  });

  test('is unknown while the log has not all of them', () => {
    expect(positionOfReceived(bytes('petr'), bytes('petri# '))).toBeNull();
    expect(positionOfReceived(bytes('help\npet'), bytes('petri# '))).toBeNull();
  });
});
