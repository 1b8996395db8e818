import type { ClockOffset } from '../../core/instruments/clockStep.ts';

/** A reading that took longer was interrupted by another process, and is repeated. */
const GOOD_READING_NS = 20_000;
const TRIES = 10;

/**
 * Reads how far the wall clock is ahead of the monotonic one. Node gives the wall clock in whole milliseconds, so each
 * try waits (busy, at most 1 ms) until it ticks; the best of some tries counts.
 */
export function readClockOffset(): ClockOffset {
  let best = readOnce();
  for (let tries = 1; tries < TRIES && best.uncertaintyNs > GOOD_READING_NS; tries++) {
    const next = readOnce();
    if (next.uncertaintyNs < best.uncertaintyNs) best = next;
  }
  return best;
}

/** The tick came between the last reading of the wall clock that was still old and the first that was new. */
function readOnce(): ClockOffset {
  const start = Date.now();
  let latest = process.hrtime.bigint();
  let earliest = latest;
  let now = start;
  while (now === start) {
    earliest = latest;
    latest = process.hrtime.bigint();
    now = Date.now();
  }
  latest = process.hrtime.bigint();
  return { offsetNs: BigInt(now) * 1_000_000n - latest, uncertaintyNs: Number(latest - earliest) };
}
