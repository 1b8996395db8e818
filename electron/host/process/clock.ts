import type { ClockReading } from '../../core/guests/machine.ts';

/** Closer than this the two clocks need not be known: it is what a trace of QEMU resolves, with room for a slow machine. */
const GOOD_NS = 20_000n;
/** On a busy machine the process may be interrupted at each tick; then the best of so many counts. */
const ATTEMPTS = 8;

/** Waits, busy, for the wall clock's next millisecond; the tick came at most `uncertaintyNs` before `monotonicNs`. */
function awaitTick(): ClockReading & { readonly uncertaintyNs: bigint } {
  // In this order: the tick may come while we are interrupted between the two.
  let previous = process.hrtime.bigint();
  const first = Date.now();
  for (;;) {
    const now = Date.now();
    const monotonicNs = process.hrtime.bigint();
    if (now !== first) return { wallNs: BigInt(now) * 1_000_000n, monotonicNs, uncertaintyNs: monotonicNs - previous };
    previous = monotonicNs;
  }
}

/**
 * Reads wall clock and monotonic clock together. Node gives the wall clock in whole milliseconds only, so this waits for
 * its tick, where it is known to some microseconds: 1 ms on a quiet machine, and never more than a few.
 */
export function readClocks(): ClockReading {
  let best = awaitTick();
  for (let attempt = 1; attempt < ATTEMPTS && best.uncertaintyNs > GOOD_NS; attempt += 1) {
    const next = awaitTick();
    if (next.uncertaintyNs <= best.uncertaintyNs) best = next;
  }
  return { wallNs: best.wallNs, monotonicNs: best.monotonicNs };
}
