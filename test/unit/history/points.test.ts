import { describe, expect, it } from 'vitest';
import { pointBetween, staleSince, thinningTime } from '../../../electron/core/history/points.ts';
import { readingAt } from './counters.ts';

describe('a point of the history', () => {
  it('has the rates between two readings, and null for what nobody tells', () => {
    expect(pointBetween(readingAt(10), readingAt(12))).toEqual({
      atMs: readingAt(12).atMs, cpuPercent: 50, memoryBytes: 1_000_000, hostFaults: 10, exits: null, diskReadBytes: 100, diskWrittenBytes: 0, networkReceivedBytes: null, networkSentBytes: null, consoleBytes: 7,
    });
  });

  it('measures time by the steady clock, however little the other one is set', () => {
    expect(pointBetween(readingAt(10), readingAt(11, { atMs: readingAt(11).atMs + 900 }))?.cpuPercent).toBe(50);
  });

  it.each([
    ['the lab was stopped in between', readingAt(10), readingAt(18)],
    ['the machine was asleep, which the steady clock did not count', readingAt(10), readingAt(11, { atMs: readingAt(4_000).atMs })],
    ['the clock was set back', readingAt(10), readingAt(11, { atMs: readingAt(3).atMs })],
    ['the second reading is not later', readingAt(10), readingAt(10)],
  ])('is not made when %s', (_, before, after) => {
    expect(pointBetween(before, after)).toBeNull();
  });

  it('leaves out a counter that began anew, and only that', () => {
    const point = pointBetween(readingAt(10), readingAt(11, { hostFaults: 3 }));
    expect(point).toMatchObject({ hostFaults: null, consoleBytes: 7 });
  });
});

describe('numbers', () => {
  const heard = { atMs: 50_000, steadyMs: 1_000 };

  it('are fresh for three seconds', () => {
    expect(staleSince(heard, { atMs: 53_000, steadyMs: 4_000 }, false)).toBeNull();
    expect(staleSince(heard, { atMs: 53_001, steadyMs: 4_001 }, false)).toBe(50_000);
  });

  it('are stale after a sleep that only one of the clocks counted', () => {
    expect(staleSince(heard, { atMs: 90_000, steadyMs: 1_500 }, false)).toBe(50_000);
    expect(staleSince(heard, { atMs: 50_100, steadyMs: 9_000 }, false)).toBe(50_000);
  });

  it('of a paused guest are stale from the pause on', () => {
    expect(staleSince(heard, { atMs: 50_200, steadyMs: 1_200 }, true)).toBe(50_000);
  });
});

it('the past grows old by the slower of the two clocks: one that is set ahead for a while costs nothing of it', () => {
  const begun = { atMs: 50_000, steadyMs: 1_000 };
  expect(thinningTime(begun, { atMs: 60_000, steadyMs: 11_000 })).toBe(60_000);
  expect(thinningTime(begun, { atMs: 31_536_000_000, steadyMs: 11_000 })).toBe(60_000);
  expect(thinningTime(begun, { atMs: 20_000, steadyMs: 11_000 })).toBe(20_000);
});
