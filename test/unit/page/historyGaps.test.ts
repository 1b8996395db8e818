import { expect, test } from 'vitest';
import type { HistoryStretch } from '../../../electron/contract/history.ts';
import { withGaps } from '../../../renderer/features/history/gaps.ts';

type Point = HistoryStretch['points'][number];
const point = (second: number): Point => ({ atMs: second * 1_000, cpuPercent: 5 } as Point);

test('nothing is drawn over a time in which nothing was seen, and a late second is none', () => {
  const drawn = withGaps([point(1), point(2), point(4), point(35), point(36)], 1);
  expect(drawn.map(({ atMs, cpuPercent }) => [atMs / 1_000, cpuPercent])).toEqual([[1, 5], [2, 5], [4, 5], [5, null], [35, 5], [36, 5]]);
  expect(withGaps([point(0), point(300), point(600)], 300)).toHaveLength(3);
});
