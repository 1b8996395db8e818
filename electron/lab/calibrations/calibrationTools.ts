import type { CalibratedInstrument } from '../../contract/calibrations.ts';
import type { CalibratedArchitecture } from '../../core/calibrations/experiment.ts';
import type { EventInstrument } from '../../core/instruments/eventInstrument.ts';
import type { Instrument } from '../../core/instruments/instrument.ts';
import { noEvents } from './noEvents.ts';
import { rulerToWatch, type CalibrationBootTools, type Ruler, type Watching } from './calibrationBoot.ts';

export interface CalibrationTools extends CalibrationBootTools {
  /** The built-in guest of an architecture. Throws the QEMU_ and IMAGE_ errors. */
  readonly ruler: (architecture: CalibratedArchitecture) => Promise<Ruler>;
  readonly eventInstruments: readonly EventInstrument[];
  readonly serialInstruments: readonly Instrument[];
}

export interface CalibrationPlan {
  readonly seed: number;
  readonly boots: number;
  readonly overheads: boolean;
  readonly rulers: ReadonlyMap<CalibratedArchitecture, Ruler>;
  readonly instruments: readonly CalibratedInstrument[];
}

/** The instrument of that name, or why it cannot watch this guest. */
export async function watchingOf(name: CalibratedInstrument, ruler: Ruler, tools: CalibrationTools): Promise<Watching | { readonly reason: string }> {
  if (name === 'qmp' || name === 'console') return { events: noEvents, stamps: null };
  const events = tools.eventInstruments.find((instrument) => instrument.name === name) ?? null;
  const stamps = tools.serialInstruments.find((instrument) => instrument.name === name) ?? null;
  const guest = rulerToWatch(ruler);
  const probed = (await events?.probe(guest)) ?? (await stamps?.probe(guest.qemu, guest.architecture));
  if (probed === undefined) return { reason: 'it does not watch guests of QEMU' };
  return probed.available ? { events, stamps } : { reason: probed.reason };
}
