import type { HistoryPoint, HistoryStretch } from '../../contract/history.ts';

/** How finely the past is kept, in seconds: each second for ten minutes, and so on. */
export const keptSteps = [
  { step: 1, seconds: 600 },
  { step: 10, seconds: 86_400 },
  { step: 300, seconds: 366 * 86_400 },
] as const;

/** The finest step that is still kept of a moment so long ago. */
export function stepKept(secondsAgo: number): number {
  return (keptSteps.find(({ seconds }) => secondsAgo <= seconds) ?? keptSteps[2]).step;
}

/** The width of the bins that make a stretch into at most so many points: whole steps. */
export function binWidth(step: number, seconds: number, points: number): number {
  return step * Math.max(1, Math.ceil(seconds / step / points));
}

type StretchPoint = HistoryStretch['points'][number];

/** A point that stands for several readings. */
export interface WeighedPoint {
  readonly point: StretchPoint;
  /** Seconds that were really seen. */
  readonly seconds: number;
}

/** Puts points of one second into bins of so many seconds. */
export function binSeconds(points: readonly HistoryPoint[], width: number): WeighedPoint[] {
  return merge(points.map((point) => ({ point: { ...point, atMs: Math.floor(point.atMs / 1_000 / width) * width * 1_000, cpuMaximumPercent: point.cpuPercent }, seconds: 1 })));
}

/** Points of the same bin become one, weighed by what each stands for; oldest first. */
export function merge(points: readonly WeighedPoint[]): WeighedPoint[] {
  const bins = new Map<number, WeighedPoint>();
  for (const next of points) {
    const known = bins.get(next.point.atMs);
    bins.set(next.point.atMs, known === undefined ? next : mix(known, next));
  }
  return [...bins.values()].sort((one, other) => one.point.atMs - other.point.atMs);
}

function mix(one: WeighedPoint, other: WeighedPoint): WeighedPoint {
  const seconds = one.seconds + other.seconds;
  const mean = (name: keyof HistoryPoint): number | null => {
    const [a, b] = [one.point[name], other.point[name]];
    return a === null ? b : b === null ? a : (a * one.seconds + b * other.seconds) / seconds;
  };
  const [a, b] = [one.point.cpuMaximumPercent, other.point.cpuMaximumPercent];
  const point: StretchPoint = {
    atMs: one.point.atMs,
    cpuPercent: mean('cpuPercent'),
    cpuMaximumPercent: a === null ? b : b === null ? a : Math.max(a, b),
    memoryBytes: mean('memoryBytes'),
    hostFaults: mean('hostFaults'),
    exits: mean('exits'),
    diskReadBytes: mean('diskReadBytes'),
    diskWrittenBytes: mean('diskWrittenBytes'),
    networkReceivedBytes: mean('networkReceivedBytes'),
    networkSentBytes: mean('networkSentBytes'),
    consoleBytes: mean('consoleBytes'),
  };
  return { point, seconds };
}
