import type { TraceEvent } from '../traces/traceEvent.ts';

/** One end of a window: a time since the trace's begin, a count of instructions, or the n-th time that a symbol is reached. */
export type WindowEdge =
  | { readonly kind: 'time'; readonly atNs: number }
  | { readonly kind: 'instructions'; readonly at: number }
  | { readonly kind: 'symbol'; readonly symbol: string; readonly hit: number };

/** From the first edge (included) to the second (not included); null is the trace's begin or end. */
export interface CallWindow {
  readonly from: WindowEdge | null;
  readonly to: WindowEdge | null;
}

export const wholeTrace: CallWindow = { from: null, to: null };

export type WindowState = 'before' | 'inside' | 'after';

/** Where the window is at an event, given where it was at the event before. An instruction edge needs an instrument that counts them. */
export function windowAt(state: WindowState, { from, to }: CallWindow, event: TraceEvent): WindowState {
  const begun = state !== 'before' || from === null || reached(from, event);
  if (!begun) return 'before';
  return state === 'after' || (to !== null && reached(to, event)) ? 'after' : 'inside';
}

function reached(edge: WindowEdge, event: TraceEvent): boolean {
  if (edge.kind === 'time') return event.atNs >= edge.atNs;
  if (edge.kind === 'instructions') return event.instructions !== null && event.instructions >= edge.at;
  return event.kind === 'symbol' && event.symbol === edge.symbol && event.hits >= edge.hit;
}
