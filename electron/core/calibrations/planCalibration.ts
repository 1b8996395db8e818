import type { InstrumentName } from '../../contract/instruments.ts';
import { createRandomGenerator } from '../statistics/randomGenerator.ts';
import type { CalibratedArchitecture, Experiment } from './experiment.ts';
import { loadExperiments } from './loads.ts';

export interface CalibrationWishes {
  readonly architectures: readonly CalibratedArchitecture[];
  readonly instruments: readonly InstrumentName[];
  readonly seed: number;
  readonly boots: number;
}

/** All experiments, with numbers drawn from the seed; those of one architecture do not depend on what else is asked for. */
export function planCalibration({ architectures, instruments, seed, boots }: CalibrationWishes): Experiment[] {
  return architectures.flatMap((architecture) => {
    const random = createRandomGenerator(seed);
    const tools = { architecture, random, boots };
    return loadExperiments(tools).filter(({ instrument }) => instruments.includes(instrument));
  });
}
