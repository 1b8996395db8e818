import type { ArmedEvents, EventInstrument } from '../../core/instruments/eventInstrument.ts';

const armed: ArmedEvents = {
  arguments: [],
  connect: () => Promise.resolve(),
  begin: () => Promise.resolve(),
  end: () => Promise.resolve({ instructions: null, calls: 0, faults: 0, spaceLoads: 0, interrupts: 0, dropped: 0 }),
  events: () => [],
  evidence: () => ({ path: '', format: 'petri-trace', events: 0, cut: null }),
  dispose: () => Promise.resolve(),
};

/** Sees nothing: for boots of which only that is compared which is seen beside the events of a window, its disks and the time of its load. */
export const noEvents: EventInstrument = {
  name: 'serialSocket',
  title: 'No events',
  probe: () => Promise.resolve({ available: true, reason: 'there is nothing to see', metrics: [] }),
  arm: () => Promise.resolve(armed),
};
