import type { Calibration, CalibrationRow } from '../../contract/calibrations.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { CalibratedArchitecture, CalibratedBoot, Experiment } from '../../core/calibrations/experiment.ts';
import { planCalibration } from '../../core/calibrations/planCalibration.ts';
import type { EventInstrument } from '../../core/instruments/eventInstrument.ts';
import type { Instrument } from '../../core/instruments/instrument.ts';
import type { RunningTask } from '../tasks/tasks.ts';
import { countOverheadBoots, measureOverheads } from './measureOverheads.ts';
import { performBoot, rulerToWatch, type CalibrationBootTools, type Ruler, type Watching } from './calibrationBoot.ts';

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
  readonly instruments: readonly InstrumentName[];
}

export interface CalibrationReporter {
  readonly onRows: (rows: readonly CalibrationRow[]) => void;
  /** Of one architecture. */
  readonly onOverheads: (overheads: Calibration['overheads']) => void;
}

/** How many boots a plan has. */
export function countBoots(plan: CalibrationPlan): number {
  const comparing = experimentsOf(plan).reduce((sum, { boots }) => sum + boots.length, 0);
  return comparing + (plan.overheads ? plan.rulers.size * countOverheadBoots(plan) : 0);
}

function experimentsOf({ rulers, instruments, seed, boots }: CalibrationPlan): Experiment[] {
  return planCalibration({ architectures: [...rulers.keys()], instruments, seed, boots });
}

/** Carries out all experiments of a plan. Rejects with the signal's reason; what failed otherwise is a row that is out. */
export async function performCalibration(plan: CalibrationPlan, reporter: CalibrationReporter, tools: CalibrationTools, task: Pick<RunningTask, 'signal' | 'report'>): Promise<void> {
  let done = 0;
  for (const experiment of experimentsOf(plan)) {
    const ruler = plan.rulers.get(experiment.architecture);
    if (ruler === undefined) continue;
    const watching = await watchingOf(experiment.instrument, ruler, tools);
    const boots: CalibratedBoot[] = [];
    for (const boot of experiment.boots) {
      task.report({ done, phase: `${experiment.architecture}, ${experiment.instrument}: ${experiment.title}` });
      boots.push('reason' in watching ? unwatched(watching.reason) : await performBoot(boot, ruler, watching, tools, task.signal));
      done += 1;
    }
    reporter.onRows('reason' in watching ? experiment.rows(boots).map((row) => ({ ...row, verdict: 'unavailable' as const, says: watching.reason })) : experiment.rows(boots));
  }
  if (!plan.overheads) return;
  for (const [architecture, ruler] of plan.rulers) {
    const onBoot = (phase: string): void => task.report({ done: done++, phase });
    reporter.onOverheads(await measureOverheads(architecture, ruler, plan, tools, { signal: task.signal, onBoot }));
  }
}

const unwatched = (failure: string): CalibratedBoot => ({ counts: [], seen: null, totals: null, phasesNs: new Map(), failure });

/** The instrument of that name, or why it cannot watch this guest. */
export async function watchingOf(name: InstrumentName, ruler: Ruler, tools: CalibrationTools): Promise<Watching | { readonly reason: string }> {
  const events = tools.eventInstruments.find((instrument) => instrument.name === name) ?? null;
  const stamps = tools.serialInstruments.find((instrument) => instrument.name === name) ?? null;
  const guest = rulerToWatch(ruler);
  const probed = (await events?.probe(guest)) ?? (await stamps?.probe(guest.qemu, guest.architecture));
  if (probed === undefined) return { reason: 'it does not watch guests of QEMU' };
  return probed.available ? { events, stamps } : { reason: probed.reason };
}
