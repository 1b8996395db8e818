import { expect, it } from 'vitest';
import type { HistoryPoint } from '../../../electron/contract/history.ts';
import { binSeconds, binWidth, merge, stepKept } from '../../../electron/core/history/stretches.ts';
import { pointBetween } from '../../../electron/core/history/points.ts';
import { readingAt } from './counters.ts';

function pointAt(seconds: number, change: Partial<HistoryPoint> = {}): HistoryPoint {
  const point = pointBetween(readingAt(seconds - 1), readingAt(seconds));
  if (point === null) throw new Error('no point');
  return { ...point, atMs: seconds * 1_000, ...change };
}

it('the finest step that is still kept answers: seconds for ten minutes, tens of seconds for a day, five minutes for a year', () => {
  expect([0, 600, 601, 86_400, 86_401, 400 * 86_400].map(stepKept)).toEqual([1, 1, 10, 10, 300, 300]);
});

it('a stretch has at most as many points as asked for, in whole steps', () => {
  expect(binWidth(1, 600, 600)).toBe(1);
  expect(binWidth(1, 600, 100)).toBe(6);
  expect(binWidth(10, 86_400, 600)).toBe(150);
  expect(binWidth(300, 1_000, 600)).toBe(300);
});

it('bins keep the mean and the largest CPU of their seconds', () => {
  const [bin, next] = binSeconds([pointAt(20, { cpuPercent: 10 }), pointAt(21, { cpuPercent: 90, exits: 4 }), pointAt(25, { cpuPercent: 1 })], 5);
  expect(bin).toMatchObject({ seconds: 2, point: { atMs: 20_000, cpuPercent: 50, cpuMaximumPercent: 90, exits: 4 } });
  expect(next).toMatchObject({ seconds: 1, point: { atMs: 25_000, cpuPercent: 1 } });
});

it('points of the same bin are weighed by the seconds that they stand for', () => {
  const [kept] = binSeconds([pointAt(20, { cpuPercent: 0 })], 10);
  const merged = merge([...(kept === undefined ? [] : [{ ...kept, seconds: 9 }]), ...binSeconds([pointAt(29, { cpuPercent: 100 })], 10)]);
  expect(merged).toMatchObject([{ seconds: 10, point: { cpuPercent: 10, cpuMaximumPercent: 100 } }]);
});
