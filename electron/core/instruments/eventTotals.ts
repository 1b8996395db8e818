import type { TraceEvent, TraceTotals } from '../traces/traceEvent.ts';

export const noTotals: TraceTotals = { instructions: null, calls: 0, faults: 0, spaceLoads: 0, interrupts: 0, dropped: 0 };

/** Counts events by their kind, where nobody else did. */
export function addTotals(totals: TraceTotals, events: readonly TraceEvent[]): TraceTotals {
  let { calls, faults, spaceLoads, interrupts } = totals;
  for (const { kind } of events) {
    if (kind === 'call') calls++;
    if (kind === 'fault') faults++;
    if (kind === 'space') spaceLoads++;
    if (kind === 'interrupt') interrupts++;
  }
  return { ...totals, calls, faults, spaceLoads, interrupts };
}
