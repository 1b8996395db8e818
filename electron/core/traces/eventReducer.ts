import type { TraceEvent } from './traceEvent.ts';

/** Takes events in their order and says at the end what they come to. One is used for one window. */
export interface EventReducer<Result> {
  take(event: TraceEvent): void;
  result(): Result;
}

/** Feeds several reducers in one pass over the events, which may be too many for memory. */
export async function reduceEvents(events: AsyncIterable<TraceEvent> | Iterable<TraceEvent>, reducers: readonly Pick<EventReducer<unknown>, 'take'>[]): Promise<void> {
  for await (const event of events) for (const reducer of reducers) reducer.take(event);
}
