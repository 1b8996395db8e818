import type { CalibrationRow } from '../../contract/calibrations.ts';
import { draw, eventPlan, remarkOf, type CalibratedBoot, type Experiment, type ExperimentTools } from './experiment.ts';
import type { FaultKinds } from './guestCounts.ts';
import { judge } from './judge.ts';
import { LOAD_SYMBOLS } from './seenLoads.ts';

/**
 * Loads that go on for so long that the timer interrupts many times: at a hundred ticks in a second, and as many loads in a nanosecond as a
 * fast host translates. The mutant that drops a tick drops an early one.
 */
const LONG = { fewest: 200_000_000, most: 300_000_000, strideBytes: 4 };
/** More than the mutant drops; the arena has fewer pages, so that each is gone again when it is touched next. */
const FAULTS = { fewest: 1_500, most: 3_000 };
const KINDS = ['read', 'write', 'execute', 'protection'] as const satisfies readonly (keyof FaultKinds)[];

const symbols = LOAD_SYMBOLS.map((name) => ({ name, every: true }));

/** Ticks of the clock while a load runs, which nothing else interrupts. */
function interruptExperiment({ architecture, random }: ExperimentTools): Experiment {
  return {
    instrument: 'plugin',
    architecture,
    title: 'interrupts of the timer',
    boots: [{ kernelArguments: '', asked: 0, typed: [`stride ${LONG.strideBytes} ${draw(random, LONG.fewest, LONG.most)}`], symbols, plan: eventPlan('plugin', ['interrupts']) }],
    rows: ([boot]): CalibrationRow[] => {
      const [counts, load] = [boot?.counts[0], boot?.seen?.loads[0]];
      return [judge({ instrument: 'plugin', architecture, metric: 'interrupts', what: 'ticks of the timer', unit: 'count', tolerance: 0, truth: counts?.ticks ?? 0, measured: counts === undefined || load === undefined ? null : load.interrupts, ...remarkOf(boot) })];
    },
  };
}

/** What a fault was: the guest was asked for one kind at a time, and its handler says what the processor told it. */
function faultKindExperiment({ architecture, random }: ExperimentTools): Experiment {
  const amounts = KINDS.map(() => draw(random, FAULTS.fewest, FAULTS.most));
  const row = { instrument: 'plugin', architecture, metric: 'pageFaults', unit: 'count', tolerance: 0 } as const;
  const rowOf = (kind: (typeof KINDS)[number], at: number, boot: CalibratedBoot | undefined): CalibrationRow => {
    const [told, seen] = [boot?.faultKinds[at], boot?.seen?.loads[at]?.faultKinds];
    // Of the other kinds, too, there are as many as the guest says.
    const strays = told === undefined || seen === undefined ? 0 : KINDS.reduce((sum, other) => (other === kind ? sum : sum + Math.abs(seen[other] - told[other])), 0);
    return judge({ ...row, what: `${kind} faults`, truth: told?.[kind] ?? amounts[at] ?? 0, measured: told === undefined || seen === undefined ? null : seen[kind], strays, ...remarkOf(boot) });
  };
  return {
    instrument: 'plugin',
    architecture,
    title: 'kinds of page faults',
    boots: [{ kernelArguments: '', asked: 0, typed: KINDS.map((kind, at) => `faults ${amounts[at] ?? 0} ${kind}`), symbols, plan: eventPlan('plugin', ['pageFaults']) }],
    rows: ([boot]) => KINDS.map((kind, at) => rowOf(kind, at, boot)),
  };
}

/** Interrupts, and kinds of page faults, as the plugin sees them. */
export function eventExperiments(tools: ExperimentTools): Experiment[] {
  return [interruptExperiment(tools), faultKindExperiment(tools)];
}
