import type { ClockReading } from '../../core/guests/machine.ts';

/**
 * Reads wall clock and monotonic clock together. Node gives the wall clock in whole milliseconds only, so this waits
 * (at most 1 ms, busy) until it ticks; there it is known to about a microsecond.
 */
export function readClocks(): ClockReading {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  return { wallNs: BigInt(now) * 1_000_000n, monotonicNs: process.hrtime.bigint() };
}
