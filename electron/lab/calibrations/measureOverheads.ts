import type { Calibration } from '../../contract/calibrations.ts';
import type { CalibratedArchitecture } from '../../core/calibrations/experiment.ts';
import { OBSERVED_WORK, settings, type InstrumentSetting } from '../../core/calibrations/settings.ts';
import { overheadOf } from '../../core/instruments/overheads.ts';
import { FEWEST_VALUES } from '../../core/statistics/bootstrap.ts';
import { createRandomGenerator, shuffle } from '../../core/statistics/randomGenerator.ts';
import { performBoot, type Ruler, type Watching } from './calibrationBoot.ts';
import { watchingOf, type CalibrationPlan, type CalibrationTools } from './calibrationTools.ts';

/** `null` is a boot without any instrument. */
type Condition = { readonly setting: InstrumentSetting; readonly watching: Watching } | null;

const UNWATCHED: Watching = { events: null, stamps: null };

/** The settings whose instruments work here, and the boot without any. */
async function conditionsOf({ instruments }: CalibrationPlan, ruler: Ruler, tools: CalibrationTools): Promise<Condition[]> {
  const conditions: Condition[] = [null];
  for (const setting of settings.filter(({ instrument }) => instruments.includes(instrument))) {
    const watching = await watchingOf(setting.instrument, ruler, tools);
    if (!('reason' in watching)) conditions.push({ setting, watching });
  }
  return conditions;
}

export interface OverheadProgress {
  readonly signal: AbortSignal;
  readonly onBoot: (phase: string) => void;
}

/** Of fewer boots a cost has no interval, and is not said; the first round warms up. */
const roundsOf = (boots: number): number => Math.max(boots, FEWEST_VALUES) + 1;

/** Boots that the meter makes of one architecture when every instrument works: each round has each condition once, and the first one warms up. */
export function countOverheadBoots({ instruments, boots }: Pick<CalibrationPlan, 'instruments' | 'boots'>): number {
  return roundsOf(boots) * (1 + settings.filter(({ instrument }) => instruments.includes(instrument)).length);
}

/**
 * The observer effect on one architecture: the same boot and work with each setting and without, in random order within each round, timed by
 * the arrivals in this process. A boot that fails is left out.
 */
export async function measureOverheads(architecture: CalibratedArchitecture, ruler: Ruler, plan: CalibrationPlan, tools: CalibrationTools, progress: OverheadProgress): Promise<Calibration['overheads']> {
  const conditions = await conditionsOf(plan, ruler, tools);
  const random = createRandomGenerator(plan.seed);
  const times = new Map<Condition, number[]>(conditions.map((condition) => [condition, []]));
  for (let round = 0; round < roundsOf(plan.boots); round++) {
    for (const condition of shuffle(conditions, random)) {
      progress.onBoot(`${architecture}: ${condition === null ? 'no instrument' : `${condition.setting.instrument}, ${condition.setting.setting}`}`);
      const { plan: events, symbols } = condition?.setting ?? { plan: null, symbols: [] };
      const { elapsedNs } = await performBoot({ ...OBSERVED_WORK, typed: [], symbols, plan: events }, ruler, condition?.watching ?? UNWATCHED, tools, progress.signal);
      if (round > 0 && elapsedNs !== null) times.get(condition)?.push(elapsedNs);
    }
  }
  const measuredAt = new Date().toISOString();
  return conditions.flatMap((condition) => {
    const cost = condition === null ? null : overheadOf(times.get(null) ?? [], times.get(condition) ?? [], plan.seed, measuredAt);
    return condition === null || cost === null ? [] : [{ ...cost, instrument: condition.setting.instrument, architecture, setting: condition.setting.setting }];
  });
}
