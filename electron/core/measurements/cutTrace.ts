import type { Failure } from '../../contract/errors.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { MetricName } from '../../contract/metrics.ts';
import type { MetricOutlook } from '../instruments/eventInstrument.ts';
import type { EventReducer } from '../traces/eventReducer.ts';
import type { CutEvent } from '../traces/traceEvent.ts';

/** Error numbers of Linux for a disk, or a user's share of it, without room. */
const NO_ROOM: ReadonlySet<number> = new Set([28, 122]);

/** Where the trace was cut, and how many events stand before; null when it is whole. */
export function findCut(): EventReducer<(CutEvent & { readonly events: number }) | null> {
  let events = 0;
  let cut: CutEvent | null = null;
  return {
    take(event) {
      if (event.kind === 'cut') cut ??= event;
      else events += 1;
    },
    result: () => cut && { ...cut, events },
  };
}

/** A cut as a failure of the instrument; `path` is that of the trace. */
export function cutFailure({ limitBytes, events, errno }: NonNullable<ReturnType<ReturnType<typeof findCut>['result']>>, path: string): Failure {
  if (errno !== undefined && NO_ROOM.has(errno)) return { code: 'DISK_FULL', details: { path, availableBytes: null } };
  return { code: 'TRACE_CUT', details: { limitBytes, events } };
}

/** What the plugin counts itself, whatever becomes of its trace. */
const countedInGuest: ReadonlySet<MetricName> = new Set<MetricName>(['instructions', 'systemCalls', 'pageFaults', 'addressSpaceSwitches', 'interrupts']);

/** Of a trace that was cut, only what was counted without it is known; the rest would be too little. */
export function outlookAfterCut(outlook: readonly MetricOutlook[], instrument: InstrumentName, cut: string): MetricOutlook[] {
  const isKnown = (metric: MetricName): boolean => instrument === 'plugin' && countedInGuest.has(metric);
  return outlook.map((one) =>
    one.certainty === 'unavailable' || isKnown(one.metric) ? one : { ...one, certainty: 'unavailable', resolution: null, reason: `it is read from the trace, which ends early: ${cut}` });
}
