import type { ResourceCounters } from '../../../electron/core/guests/resourceCounters.ts';

/** A reading at so many seconds, with counters that grow by the second. */
export function readingAt(seconds: number, change: Partial<ResourceCounters> = {}): ResourceCounters {
  return {
    atMs: 1_700_000_000_000 + 1_000 * seconds,
    steadyMs: 1_000 * seconds,
    cpuSeconds: 0.5 * seconds,
    memoryBytes: 1_000_000,
    hostFaults: 10 * seconds,
    exits: null,
    diskReadBytes: 100 * seconds,
    diskWrittenBytes: 0,
    networkReceivedBytes: null,
    networkSentBytes: null,
    consoleBytes: 7 * seconds,
    ...change,
  };
}
