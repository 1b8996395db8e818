import type { ResourceSample } from '../../../electron/contract/guests.ts';

/** What a guest took at one moment; rates are bytes a second since the sample before. Null is what the host does not tell. */
export interface ResourceRates {
  readonly atMs: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly diskRead: number | null;
  readonly diskWritten: number | null;
  readonly networkReceived: number | null;
  readonly networkSent: number | null;
  readonly console: number | null;
}

/** How many samples a page keeps: a quarter of an hour at one a second. */
export const KEPT_SAMPLES = 900;

/** The samples after more have come; a sample that is there already is not taken twice, since a new line begins with the kept ones. */
export function appendSamples(kept: readonly ResourceSample[], more: readonly ResourceSample[]): readonly ResourceSample[] {
  const newest = kept.at(-1)?.atMs ?? -Infinity;
  return [...kept, ...more.filter(({ atMs }) => atMs > newest)].slice(-KEPT_SAMPLES);
}

/** Sums fall when the guest starts anew; then nothing is known of that second. */
function rate(before: number | null, after: number | null, seconds: number): number | null {
  if (before === null || after === null || after < before || seconds <= 0) return null;
  return (after - before) / seconds;
}

export function ratesOf(samples: readonly ResourceSample[]): ResourceRates[] {
  return samples.slice(1).map((after, index) => {
    const before = samples[index] as ResourceSample;
    const seconds = (after.atMs - before.atMs) / 1_000;
    return {
      atMs: after.atMs,
      cpuPercent: after.cpuPercent,
      memoryBytes: after.memoryBytes,
      diskRead: rate(before.diskReadBytes, after.diskReadBytes, seconds),
      diskWritten: rate(before.diskWrittenBytes, after.diskWrittenBytes, seconds),
      networkReceived: rate(before.networkReceivedBytes, after.networkReceivedBytes, seconds),
      networkSent: rate(before.networkSentBytes, after.networkSentBytes, seconds),
      console: rate(before.consoleBytes, after.consoleBytes, seconds),
    };
  });
}

/** Smallest, median and largest of what is known. */
export function spread(values: readonly (number | null)[]): { least: number; median: number; most: number } | null {
  const known = values.filter((value) => value !== null).toSorted((one, other) => one - other);
  const [least, median, most] = [known[0], known[Math.floor(known.length / 2)], known.at(-1)];
  return least === undefined || median === undefined || most === undefined ? null : { least, median, most };
}
