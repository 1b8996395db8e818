import { median } from 'simple-statistics';
import type { CalibrationRow } from '../../contract/calibrations.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import { draw, eventPlan, remarkOf, type BootToCalibrate, type CalibratedBoot, type Experiment, type ExperimentTools } from './experiment.ts';
import { judgeHaste } from './haste.ts';
import { judge } from './judge.ts';

/** The guest lengthens this phase by a hardware timer before it prints its line. Of all phases it has the least work of its own. */
const PHASE = 'kmain_phase';
const LINES = ['pre_init_phase', 'kmain_phase'] as const;
const SYMBOLS = ['options_work', 'cstart_work'] as const;
/** All boots of all rounds count, so that nothing is chosen: more of them only make the estimate surer. */
const ROUNDS = 4;
/** What the timer's step, the host's scheduler and the stamp itself may add, or take away. */
const TOLERANCE_NS = 10e6;

type Stamps = (boot: CalibratedBoot) => { readonly from: number | undefined; readonly to: number | undefined };

/**
 * What is stamped within QEMU or by a stop of it can be late and never early, and nothing makes a delay shorter: so the shortest of several
 * boots counts. At a socket the first stamp may be the late one, too: so the median.
 */
const estimateOf = (instrument: InstrumentName, lengths: readonly number[]): number => (instrument === 'serialSocket' ? median([...lengths]) : Math.min(...lengths));

function lengthsOf(boots: readonly CalibratedBoot[], stamps: Stamps): number[] {
  return boots.flatMap((boot) => {
    const { from, to } = stamps(boot);
    return from === undefined || to === undefined ? [] : [to - from];
  });
}

/** The phase with the delay, less the phase without it. */
function delayRow(instrument: InstrumentName, { architecture }: ExperimentTools, delayMs: number, what: string, without: readonly CalibratedBoot[], delayed: readonly CalibratedBoot[], stamps: Stamps): CalibrationRow {
  const [short, long] = [lengthsOf(without, stamps), lengthsOf(delayed, stamps)];
  const measured = short.length === 0 || long.length === 0 ? null : estimateOf(instrument, long) - estimateOf(instrument, short);
  const row = judge({
    instrument, architecture, metric: 'bootTime', what, unit: 'ns', tolerance: TOLERANCE_NS, truth: delayMs * 1e6, measured,
    ...remarkOf([...without, ...delayed].find(({ failure }) => failure !== null)),
  });
  return measured === null ? row : judgeHaste(row, [short, long]);
}

/** A drawn delay between two lines, as serial stamps show it. */
export function serialExperiment(instrument: 'serialTrace' | 'serialSocket', tools: ExperimentTools): Experiment {
  const { random, architecture, boots } = tools;
  const delayMs = draw(random, 40, 200);
  const boot: BootToCalibrate = { kernelArguments: '', typed: [], asked: 0, symbols: [], plan: null };
  return {
    instrument,
    architecture,
    title: 'a known delay',
    rounds: ROUNDS,
    boots: Array.from({ length: 2 * boots }, (_, at) => (at % 2 === 0 ? boot : { ...boot, kernelArguments: `delay=${PHASE}:${delayMs}` })),
    rows: (done) => [
      delayRow(instrument, tools, delayMs, `a delay of ${PHASE}, between lines`, done.filter((_, at) => at % 2 === 0), done.filter((_, at) => at % 2 === 1), ({ phasesNs }) => ({ from: phasesNs.get(LINES[0]), to: phasesNs.get(LINES[1]) })),
    ],
  };
}

/** A drawn delay between two symbols, and how often a symbol is reached, as the debugger port shows it. */
export function debuggerExperiment(tools: ExperimentTools): Experiment {
  const { random, architecture, boots } = tools;
  const delayMs = draw(random, 40, 200);
  const loads = Array.from({ length: 3 }, (_, at) => `${['calls', 'faults', 'switches'][at] ?? ''}=${draw(random, 10, 99)}`);
  const boot: BootToCalibrate = {
    kernelArguments: '', typed: [], asked: 0,
    symbols: [...SYMBOLS.map((name) => ({ name, every: false })), { name: 'load_begin', every: true }],
    plan: eventPlan('gdbstub', ['bootTime'], { window: { from: 'spawn', durationSeconds: null } }),
  };
  const asked = draw(random, 1, loads.length);
  return {
    instrument: 'gdbstub',
    architecture,
    title: 'a known delay, and hits of a symbol',
    rounds: ROUNDS,
    boots: Array.from({ length: 2 * boots }, (_, at) => (at % 2 === 0 ? boot : { ...boot, asked, kernelArguments: [`delay=${PHASE}:${delayMs}`, ...loads.slice(0, asked)].join(' ') })),
    rows: (done) => {
      const [without, delayed] = [done.filter((_, at) => at % 2 === 0), done.filter((_, at) => at % 2 === 1)];
      const [first] = delayed;
      return [
        delayRow('gdbstub', tools, delayMs, `a delay of ${PHASE}, between symbols`, without, delayed, ({ seen }) => ({ from: seen?.atNs.get(SYMBOLS[0]), to: seen?.atNs.get(SYMBOLS[1]) })),
        judge({
          instrument: 'gdbstub', architecture, metric: 'bootTime', what: 'hits of load_begin', unit: 'count', tolerance: 0,
          truth: first?.counts.length ?? asked, measured: first?.seen == null ? null : (first.seen.hits.get('load_begin') ?? 0), ...remarkOf(first),
        }),
      ];
    },
  };
}
