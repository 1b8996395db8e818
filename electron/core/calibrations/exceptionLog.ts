import type { CalibrationRow } from '../../contract/calibrations.ts';
import { draw, entryWords, eventPlan, remarkOf, type CalibratedBoot, type Experiment, type ExperimentTools } from './experiment.ts';
import type { RandomGenerator } from '../statistics/randomGenerator.ts';
import type { GuestCounts } from './guestCounts.ts';
import { judge, unavailableRow } from './judge.ts';
import { ENTRIES } from './loads.ts';
import type { SeenBoot } from './seenLoads.ts';

/** Loads of three digits each, so that the guest prints as many bytes whatever is drawn; the first boot has less to do than each other. */
const FIRST = { low: 100, high: 300 };
const OTHERS = { low: 400, high: 999 };
const METRICS = ['systemCalls', 'pageFaults', 'addressSpaceSwitches'] as const;
const UNLOGGED: ReadonlySet<string> = new Set(['sysenter', 'syscall']);

function wordsOf(entry: string, { low, high }: typeof FIRST, random: RandomGenerator): string {
  return `calls=${draw(random, low, high)} entry=${entry} switches=${2 * draw(random, low / 2, Math.floor(high / 2))} faults=${draw(random, low, high)}`;
}

type Count = (boot: CalibratedBoot, of: (counts: GuestCounts) => number) => number;
const told: Count = ({ counts }, of) => counts.reduce((sum, one) => sum + of(one), 0);

/**
 * The log has no symbols by which a load could be told apart. But two boots in logical time that differ in their loads only differ in what is
 * logged by exactly what the loads differ in. The faults come last, and what follows the last of them is not compared. A tick
 * of the clock can add a switch while the guest prints, so that only the switches in turns are compared; their number is even, for then the load
 * ends where it began.
 */
export function logExperiment({ architecture, random }: ExperimentTools): Experiment {
  const logged = ENTRIES[architecture].filter((entry) => !UNLOGGED.has(entry));
  const unlogged = ENTRIES[architecture].filter((entry) => UNLOGGED.has(entry));
  const entries = [logged[0] ?? '', ...logged];
  const row = { instrument: 'eventLog', architecture, unit: 'count' } as const;
  const difference = ([base, other]: readonly (CalibratedBoot | undefined)[], truth: (counts: GuestCounts) => number, measured: (seen: SeenBoot) => number) => {
    const seen = base?.seen == null || other?.seen == null ? null : measured(other.seen) - measured(base.seen);
    return { truth: base === undefined || other === undefined ? 0 : told(other, truth) - told(base, truth), measured: seen, tolerance: 0, ...remarkOf(base), ...remarkOf(other) };
  };
  return {
    instrument: 'eventLog',
    architecture,
    title: 'differences of boots in logical time',
    boots: entries.map((entry, at) => ({
      kernelArguments: wordsOf(entry, at === 0 ? FIRST : OTHERS, random),
      typed: [],
      asked: 3,
      symbols: [],
      plan: eventPlan('eventLog', METRICS, { logicalTime: true, window: { from: 'spawn', durationSeconds: null } }),
    })),
    rows: (boots): CalibrationRow[] => [
      ...logged.map((entry, at) => judge({
        ...row, metric: 'systemCalls', what: entryWords(entry),
        ...difference([boots[0], boots[at + 1]], (counts) => counts.entries.get(entry) ?? 0, (seen) => seen.entries.get(entryWords(entry)) ?? 0),
      })),
      ...unlogged.map((entry) => unavailableRow({ ...row, metric: 'systemCalls', what: entryWords(entry) }, 'QEMU does not log this way to call: such calls are missing in its number')),
      judge({ ...row, metric: 'pageFaults', what: 'demand-zero faults', ...difference(boots, ({ faults }) => faults, ({ faults }) => faults) }),
      architecture === 'arm'
        ? unavailableRow({ ...row, metric: 'addressSpaceSwitches', what: 'switches between two processes' }, 'QEMU does not log loads of TTBR0')
        : judge({ ...row, metric: 'addressSpaceSwitches', what: 'switches between two processes', ...difference(boots, ({ switches }) => switches, ({ longestTurns }) => longestTurns) }),
    ],
  };
}
