import type { TraceEvent, TraceTotals } from './traceEvent.ts';

/** What was seen up to the event at which a window ended, and how much it was. */
export interface ExactWindow {
  /** Yields the events before the end; nothing more is read then. */
  readonly events: AsyncIterable<TraceEvent>;
  /** After all events were read; null when the end never came. */
  totals(): TraceTotals | null;
}

/**
 * The part of a trace before a symbol is first reached. A window that the lab ends by asking ends when the host comes to it; one that
 * ends at a place in the guest's own code is the same in every boot of the same guest in logical time.
 */
export function untilSymbol(events: AsyncIterable<TraceEvent> | Iterable<TraceEvent>, symbol: string): ExactWindow {
  let [calls, faults, spaceLoads, interrupts] = [0, 0, 0, 0];
  let end: { readonly instructions: number | null } | null = null;
  async function* before(): AsyncGenerator<TraceEvent> {
    for await (const event of events) {
      if (event.kind === 'call') calls += 1;
      if (event.kind === 'fault') faults += 1;
      if (event.kind === 'space') spaceLoads += 1;
      if (event.kind === 'interrupt') interrupts += 1;
      yield event;
      if (event.kind === 'symbol' && event.symbol === symbol) {
        end = event;
        return;
      }
    }
  }
  return {
    events: before(),
    totals: () => (end === null ? null : { instructions: end.instructions, calls, faults, spaceLoads, interrupts, dropped: 0 }),
  };
}
