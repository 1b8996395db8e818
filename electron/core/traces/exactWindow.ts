import type { TraceEvent, TraceTotals } from './traceEvent.ts';

/** Where a window ends: at a place in the guest's own code, or at a time since the spawn of QEMU. */
export type WindowEnd = { readonly kind: 'symbol'; readonly symbol: string } | { readonly kind: 'time'; readonly atNs: number };

/** What was seen up to the end of a window, and how much it was. */
export interface ExactWindow {
  /** The events before the end, and the one that is the end. */
  readonly events: AsyncIterable<TraceEvent>;
  /** After all events were read; null when the end never came, or nobody can tell which events were before it. */
  passed(): { readonly totals: TraceTotals; readonly toNs: number } | null;
}

type Events = AsyncIterable<TraceEvent> | Iterable<TraceEvent>;

/**
 * The part of a trace before an end. A window that the lab ends by asking ends when the host comes to it, long after the guest did; one
 * that ends at a symbol is the same in every boot of the same guest in logical time.
 */
export function untilEnd(events: Events, end: WindowEnd): ExactWindow {
  return end.kind === 'symbol' ? untilSymbol(events, end.symbol) : untilTime(events, end.atNs);
}

function untilSymbol(events: Events, symbol: string): ExactWindow {
  const count = countKinds();
  let end: TraceEvent | null = null;
  async function* before(): AsyncGenerator<TraceEvent> {
    // What comes behind is read and left out: who reads the whole trace counts what it has.
    for await (const event of events) {
      if (end !== null) continue;
      count.take(event);
      yield event;
      if (event.kind === 'symbol' && event.symbol === symbol) end = event;
    }
  }
  return { events: before(), passed: () => end && { totals: count.totals(end.instructions), toNs: end.atNs } };
}

/** Virtual CPUs may write their events a little out of order, so all are looked at. */
function untilTime(events: Events, toNs: number): ExactWindow {
  const count = countKinds();
  let [last, isCut] = [null as TraceEvent | null, false];
  async function* before(): AsyncGenerator<TraceEvent> {
    for await (const event of events) {
      if (event.atNs > toNs) continue;
      count.take(event);
      isCut ||= event.kind === 'cut';
      last = event;
      yield event;
    }
  }
  // Events without times (0 in all of them) cannot be told apart.
  return { events: before(), passed: () => (last === null || last.atNs <= 0 || isCut ? null : { totals: count.totals(last.instructions), toNs }) };
}

function countKinds() {
  let [calls, faults, spaceLoads, interrupts] = [0, 0, 0, 0];
  return {
    take({ kind }: TraceEvent): void {
      if (kind === 'call') calls += 1;
      if (kind === 'fault') faults += 1;
      if (kind === 'space') spaceLoads += 1;
      if (kind === 'interrupt') interrupts += 1;
    },
    totals: (instructions: number | null): TraceTotals => ({ instructions, calls, faults, spaceLoads, interrupts, dropped: 0 }),
  };
}
