import { randomInt } from 'node:crypto';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { InstrumentName, Overhead } from '../../contract/instruments.ts';
import type { PhaseTable } from '../../contract/measurements.ts';
import type { Instrument } from '../../core/instruments/instrument.ts';
import { overheadOf } from '../../core/instruments/overheads.ts';
import { beginPhases, matchPhases } from '../../core/measurements/phases.ts';
import { createRandomGenerator, shuffle } from '../../core/statistics/randomGenerator.ts';
import { armNothing } from '../../host/instruments/consoleArrival.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { RunningTask } from '../tasks/tasks.ts';
import { runStampedBoot, type BootTools } from './stampedBoot.ts';

export interface CalibrationTools extends BootTools {
  /** The built-in guest, the ruler by which instruments are calibrated. */
  readonly ruler: () => Promise<{ definition: GuestDefinition; resolved: ResolvedGuest; table: PhaseTable }>;
}

/** `null` is a boot without any instrument. */
type Condition = Instrument | null;

/** Every round has each condition once, in a random order of its own; the first round warms up and is not counted. */
export function calibrationOrder(instruments: readonly Instrument[], boots: number, seed = 1): Condition[] {
  const random = createRandomGenerator(seed);
  return Array.from({ length: boots + 1 }, () => shuffle<Condition>([null, ...instruments], random)).flat();
}

/** A ruler that does not boot within this time calibrates nothing. */
const TIME_LIMIT_MS = 60_000;
const OUTPUT_LIMIT_BYTES = 1_000_000;
/** Removed after each boot. */
const CALIBRATION_CONSOLE = 'run/calibration/0/serial0';

/**
 * Measures what each instrument costs the guest. The ruler is the same in all conditions: the time between the arrivals
 * of the first phase and the last in this process.
 */
export async function measureOverheads(instruments: readonly Instrument[], boots: number, tools: CalibrationTools, task: Pick<RunningTask, 'signal' | 'report'>): Promise<Map<InstrumentName, Overhead>> {
  const ruler = await tools.ruler();
  const seed = randomInt(2 ** 31);
  const times = new Map<Condition, number[]>([[null, []], ...instruments.map((instrument): [Condition, number[]] => [instrument, []])]);
  for (const [done, condition] of calibrationOrder(instruments, boots, seed).entries()) {
    task.report({ done, phase: condition === null ? 'without instrument' : condition.title });
    const bootNs = await bootOnce(condition, ruler, tools, task.signal);
    if (done > instruments.length && bootNs !== null) times.get(condition)?.push(bootNs);
  }
  const measuredAt = new Date().toISOString();
  const measured = instruments.flatMap((instrument): [InstrumentName, Overhead][] => {
    const cost = overheadOf(times.get(null) ?? [], times.get(instrument) ?? [], seed, measuredAt);
    return cost === null ? [] : [[instrument.name, cost]];
  });
  return new Map(measured);
}

/** From the arrival of the first phase to that of the last, null when the guest did not get there. */
async function bootOnce(condition: Condition, ruler: Awaited<ReturnType<CalibrationTools['ruler']>>, tools: CalibrationTools, signal: AbortSignal): Promise<number | null> {
  const { definition, resolved, table } = ruler;
  let progress = beginPhases(table);
  const arrivals: number[] = [];
  const { ending } = await runStampedBoot(
    {
      consoleId: CALIBRATION_CONSOLE,
      definition,
      resolved,
      kernelArguments: definition.boot.arguments,
      arm: (boot) => condition?.arm(boot) ?? Promise.resolve(armNothing()),
      timeLimitMs: TIME_LIMIT_MS,
      outputLimitBytes: OUTPUT_LIMIT_BYTES,
      signal,
      take(stamped) {
        progress = matchPhases(progress, stamped);
        while (arrivals.length < progress.seen.size) arrivals.push(performance.now());
        return progress.ended;
      },
    },
    tools,
  ).finally(() => tools.consoles.remove(CALIBRATION_CONSOLE));
  const [first, last] = [arrivals[0], arrivals.at(-1)];
  return ending.kind !== 'over' || first === undefined || last === undefined ? null : (last - first) * 1e6;
}
