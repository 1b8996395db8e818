import type { InstrumentName } from '../../contract/instruments.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { EventInstrument, GuestToWatch, MetricOutlook } from '../../core/instruments/eventInstrument.ts';

export interface ChosenEvents {
  readonly instrument: EventInstrument;
  readonly outlook: readonly MetricOutlook[];
}

export interface EventInstruments {
  readonly all: readonly EventInstrument[];
  get(name: InstrumentName): EventInstrument;
  /**
   * The wanted instrument, or of those that work the one that sees most of the metrics, the best of equals first.
   * Throws INSTRUMENT_UNAVAILABLE with what each of them said; of a wanted one what went wrong with it, as it said it.
   */
  choose(wanted: InstrumentName | undefined, guest: GuestToWatch, plan: Pick<EventPlan, 'metrics'>): Promise<ChosenEvents>;
  /** What each of them says of each metric of such a guest. */
  outlook(guest: GuestToWatch): Promise<{ readonly instrument: InstrumentName; readonly available: boolean; readonly reason: string; readonly metrics: readonly MetricOutlook[] }[]>;
}

/** `all` is in the order of preference. */
export function createEventInstruments(all: readonly EventInstrument[]): EventInstruments {
  const get = (name: InstrumentName): EventInstrument => {
    const found = all.find((instrument) => instrument.name === name);
    if (found === undefined) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: name, reason: 'it stamps what a guest prints and sees no events' });
    return found;
  };
  return {
    all,
    get,
    async choose(wanted, guest, { metrics }) {
      const candidates = wanted === undefined ? all : [get(wanted)];
      let best: (ChosenEvents & { readonly seen: number }) | null = null;
      const reasons: string[] = [];
      for (const instrument of candidates) {
        const { available, reason, metrics: outlook, failure } = await instrument.probe(guest);
        if (wanted !== undefined && failure !== undefined) throw new DeclaredError(failure.code, failure.details);
        if (!available) reasons.push(`${instrument.title}: ${reason}`);
        else {
          const seen = outlook.filter(({ metric, certainty }) => certainty !== 'unavailable' && metrics.includes(metric)).length;
          if (best === null || seen > best.seen) best = { instrument, outlook, seen };
        }
      }
      if (best === null) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: wanted ?? 'any that sees events', reason: reasons.join('; ') });
      return best;
    },
    outlook: (guest) => Promise.all(all.map(async (instrument) => {
      const { available, reason, metrics } = await instrument.probe(guest);
      return { instrument: instrument.name, available, reason, metrics };
    })),
  };
}
