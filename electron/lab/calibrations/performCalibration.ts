import type { Calibration, CalibrationRow } from '../../contract/calibrations.ts';
import type { CalibratedBoot, Experiment } from '../../core/calibrations/experiment.ts';
import { planCalibration } from '../../core/calibrations/planCalibration.ts';
import type { RunningTask } from '../tasks/tasks.ts';
import { performBoot } from './calibrationBoot.ts';
import { watchingOf, type CalibrationPlan, type CalibrationTools } from './calibrationTools.ts';
import { countOverheadBoots, measureOverheads } from './measureOverheads.ts';

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

const unwatched = (failure: string): CalibratedBoot => ({ counts: [], seen: null, phasesNs: new Map(), failure });
