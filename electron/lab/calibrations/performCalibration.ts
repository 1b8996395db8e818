import type { Calibration, CalibrationRow } from '../../contract/calibrations.ts';
import { failedBoot, type BootToCalibrate, type CalibratedBoot, type Experiment } from '../../core/calibrations/experiment.ts';
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
    const phase = `${experiment.architecture}, ${experiment.instrument}: ${experiment.title}`;
    if ('reason' in watching) {
      reporter.onRows(unwatchedRows(experiment, watching.reason));
      done += experiment.boots.length;
    } else {
      reporter.onRows(await perform(experiment, (boot, round) => {
        task.report({ done, phase: round === 1 ? phase : `${phase}, again (${round} of ${roundsOf(experiment)})` });
        if (round === 1) done += 1;
        return performBoot(boot, ruler, watching, tools, task.signal);
      }));
    }
  }
  if (!plan.overheads) return;
  for (const [architecture, ruler] of plan.rulers) {
    const onBoot = (phase: string): void => task.report({ done: done++, phase });
    reporter.onOverheads(await measureOverheads(architecture, ruler, plan, tools, { signal: task.signal, onBoot }));
  }
}

const roundsOf = ({ rounds = 1 }: Experiment): number => rounds;

/** Makes the boots of an experiment, and once more while a row is out and the experiment says that the host may be why. */
async function perform(experiment: Experiment, boot: (boot: BootToCalibrate, round: number) => Promise<CalibratedBoot>): Promise<CalibrationRow[]> {
  const boots: CalibratedBoot[] = [];
  for (let round = 1; ; round++) {
    for (const wanted of experiment.boots) boots.push(await boot(wanted, round));
    const rows = experiment.rows(boots);
    if (round >= roundsOf(experiment) || rows.every(({ verdict }) => verdict === 'in')) return rows;
  }
}

function unwatchedRows(experiment: Experiment, reason: string): CalibrationRow[] {
  return experiment.rows(experiment.boots.map(() => failedBoot(reason))).map((row) => ({ ...row, verdict: 'unavailable', says: reason }));
}
