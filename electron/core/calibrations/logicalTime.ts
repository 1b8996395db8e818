import type { CalibrationRow } from '../../contract/calibrations.ts';
import { draw, eventPlan, remarkOf, type Experiment, type ExperimentTools } from './experiment.ts';
import { judge } from './judge.ts';
import { COUNT_SYMBOLS, LOAD_SYMBOLS } from './seenLoads.ts';

/** So many turns the guest's loop makes at most (images/builtin/user/loads.h). */
export const MOST_TURNS = 1_000_000;
/** Instructions between the loop's two symbols (images/builtin/…/counting.S). */
export const instructionsOf = (turns: number): number => 4 * turns + 1;

/** The same boot several times in logical time: the distance between two symbols is known, and all counts are the same. */
export function logicalTimeExperiment({ architecture, random, boots }: ExperimentTools): Experiment {
  const [turns, calls] = [draw(random, 1_000, MOST_TURNS), draw(random, 100, 999)];
  const row = { instrument: 'plugin', architecture, metric: 'instructions', unit: 'instructions', tolerance: 0 } as const;
  return {
    instrument: 'plugin',
    architecture,
    title: 'instructions in logical time',
    boots: Array.from({ length: boots }, () => ({
      kernelArguments: `calls=${calls} instructions=${turns}`,
      typed: [],
      asked: 2,
      symbols: [...LOAD_SYMBOLS, ...COUNT_SYMBOLS].map((name) => ({ name, every: true })),
      plan: eventPlan('plugin', ['instructions'], { logicalTime: true, window: { from: 'spawn', durationSeconds: null } }),
    })),
    rows: (done): CalibrationRow[] => {
      const failed = remarkOf(done.find(({ failure }) => failure !== null));
      const truth = instructionsOf(turns);
      const distances = done.map(({ seen }) => seen?.loads[1]?.countedInstructions ?? null);
      const ends = done.flatMap(({ seen }) => seen?.instructions.get('load_end') ?? []);
      const ticks = done.reduce((sum, { counts }) => sum + (counts[1]?.ticks ?? 0), 0);
      const complete = ends.length === done.length && ends.length > 0;
      return [
        judge({ ...row, what: 'count_begin to count_end', truth, measured: worst(distances, truth), ...failed, ...(ticks > 0 && { remark: `${ticks} ticks of the clock fell into the loop` }) }),
        judge({ ...row, what: `to the last load_end, ${done.length} boots`, truth: complete ? Math.min(...ends) : 0, measured: complete ? Math.max(...ends) : null, ...failed }),
      ];
    },
  };
}

/** The value that is farthest from the truth; null when one is missing. */
function worst(values: readonly (number | null)[], truth: number): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return null;
  return known.reduce<number | null>((farthest, value) => (farthest === null || Math.abs(value - truth) > Math.abs(farthest - truth) ? value : farthest), null);
}
