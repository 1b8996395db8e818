import type { CalibratedInstrument } from '../../contract/calibrations.ts';
import { createRandomGenerator } from '../statistics/randomGenerator.ts';
import { diskExperiment, loadTimeExperiment } from './beside.ts';
import { debuggerExperiment, serialExperiment } from './delays.ts';
import type { CalibratedArchitecture, Experiment } from './experiment.ts';
import { eventExperiments } from './events.ts';
import { logExperiment } from './exceptionLog.ts';
import { loadExperiments } from './loads.ts';
import { logicalTimeExperiment } from './logicalTime.ts';
import { profileExperiment } from './profile.ts';
import { walkExperiments } from './strides.ts';

export interface CalibrationWishes {
  readonly architectures: readonly CalibratedArchitecture[];
  readonly instruments: readonly CalibratedInstrument[];
  readonly seed: number;
  readonly boots: number;
}

/** All experiments, with numbers drawn from the seed; those of one architecture do not depend on what else is asked for. */
export function planCalibration({ architectures, instruments, seed, boots }: CalibrationWishes): Experiment[] {
  return architectures.flatMap((architecture) => {
    const random = createRandomGenerator(seed);
    const tools = { architecture, random, boots };
    const all = [...loadExperiments(tools), ...eventExperiments(tools), logicalTimeExperiment(tools), profileExperiment(tools), ...walkExperiments(tools), ...(architecture === 'x86_64' ? [] : [logExperiment(tools)]), debuggerExperiment(tools), serialExperiment('serialTrace', tools), serialExperiment('serialSocket', tools), diskExperiment(tools), loadTimeExperiment(tools)];
    return all.filter(({ instrument }) => instruments.includes(instrument));
  });
}
