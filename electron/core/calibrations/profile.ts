import type { CalibrationRow } from '../../contract/calibrations.ts';
import { draw, eventPlan, remarkOf, type Experiment, type ExperimentTools } from './experiment.ts';
import { judge } from './judge.ts';
import { instructionsOf, MOST_TURNS } from './logicalTime.ts';
import { COUNT_SYMBOLS, LOAD_SYMBOLS } from './seenLoads.ts';

/** One at the begin and one at the end of the loop may fall on its other side. */
const SAMPLES_AT_THE_EDGES = 2;

/** Samples in a loop of known length, each of which stands for so many instructions. */
export function profileExperiment({ architecture, random }: ExperimentTools): Experiment {
  const [turns, every] = [draw(random, MOST_TURNS / 2, MOST_TURNS), draw(random, 500, 5_000)];
  return {
    instrument: 'plugin',
    architecture,
    title: 'samples of a profile in a known loop',
    boots: [{
      kernelArguments: '', asked: 0, typed: [`instructions ${turns}`], profiled: { from: COUNT_SYMBOLS[0], to: COUNT_SYMBOLS[1] },
      symbols: LOAD_SYMBOLS.map((name) => ({ name, every: true })),
      plan: eventPlan('plugin', [], { profileEvery: every }),
    }],
    rows: ([boot]): CalibrationRow[] => {
      const samples = boot?.seen?.loads[0]?.samples;
      return [judge({
        instrument: 'plugin', architecture, metric: 'instructions', what: `profile of a loop, one sample in ${every}`, unit: 'instructions', tolerance: SAMPLES_AT_THE_EDGES * every,
        truth: instructionsOf(turns), measured: samples === undefined ? null : samples.within * every, ...remarkOf(boot),
      })];
    },
  };
}
