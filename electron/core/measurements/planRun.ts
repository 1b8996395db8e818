import type { InstrumentName } from '../../contract/instruments.ts';
import type { EventPlan, Plan, StartMeasurement } from '../../contract/measurements.ts';
import { createRandomGenerator, shuffle } from '../statistics/randomGenerator.ts';

export interface PlanRequest {
  /** Keys of the subjects, a control included. */
  readonly subjects: readonly string[];
  readonly runs: number;
  readonly warmUps: number;
  readonly timeLimitSeconds: number;
  readonly outputLimitBytes: number;
  readonly instrument: InstrumentName;
  readonly events?: EventPlan | null;
  readonly seed: number;
}

/** A trace of QEMU has about 62 bytes for each serial byte, so at this limit its file has 500 MB. */
const TRACED_OUTPUT_LIMIT_BYTES = 8_000_000;

/** Whether a run has an A/A control: where something is compared and nothing else was said. */
export function wantsControl({ control, subjects }: Pick<StartMeasurement, 'control' | 'subjects'>): boolean {
  return control ?? subjects.length > 1;
}

/**
 * Plans every boot of a run. Warm-ups come first; then each round boots every subject once, in a random order of its
 * own (a randomised block design), so that a drift of the machine meets all subjects alike.
 */
export function planRun({ subjects, runs, warmUps, seed, instrument, events = null, outputLimitBytes, timeLimitSeconds }: PlanRequest): Plan {
  const random = createRandomGenerator(seed);
  const rounds = (count: number, warmUp: boolean): Plan['order'] =>
    Array.from({ length: count }, () => shuffle(subjects, random).map((subject) => ({ subject, warmUp }))).flat();
  return {
    runs,
    warmUps,
    timeLimitSeconds,
    outputLimitBytes: instrument === 'serialTrace' ? Math.min(outputLimitBytes, TRACED_OUTPUT_LIMIT_BYTES) : outputLimitBytes,
    instrument,
    events,
    seed,
    order: [...rounds(warmUps, true), ...rounds(runs, false)],
  };
}
