import type { HistoryStretch } from '../../../electron/contract/history.ts';

type Point = HistoryStretch['points'][number];

/** A second may be late; what is longer than this many steps was not seen. */
const LATE_STEPS = 3;

/** The points as they are drawn: between two that are too far apart nothing was seen, and a line there would say that something was. */
export function withGaps(points: readonly Point[], stepSeconds: number): Point[] {
  return points.flatMap((point, at) => {
    const before = points[at - 1];
    if (before === undefined || point.atMs - before.atMs <= LATE_STEPS * stepSeconds * 1_000) return [point];
    return [unseen(before, before.atMs + stepSeconds * 1_000), point];
  });
}

function unseen(like: Point, atMs: number): Point {
  const nothing = Object.fromEntries(Object.keys(like).map((name) => [name, null])) as unknown as Point;
  return { ...nothing, atMs };
}
