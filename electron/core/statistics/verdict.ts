import { FEWEST_VALUES } from './bootstrap.ts';
import type { Effect } from './effect.ts';

/** What a metric is a measure of; counts repeat better than times, so they are held to more. */
export type MetricKind = 'time' | 'count';

export type VerdictName = 'more' | 'less' | 'same' | 'INDETERMINATE' | 'ratio only';

export interface DifferenceVerdict {
  readonly name: VerdictName;
  /** One sentence. */
  readonly reason: string;
}

/** Below this probability a difference is not taken for chance. */
export const SIGNIFICANCE = 0.05;

/** Two things are called the same only when the ratio's whole interval is this near to 1. */
export const SAMENESS: Readonly<Record<MetricKind, number>> = { time: 0.1, count: 0.01 };

export interface Circumstances {
  readonly kind: MetricKind;
  /** The p-value after the correction for many comparisons, null where there is none. */
  readonly corrected: number | null;
  /** What the A/A control showed as a difference of two equal things, relative; 0 when there was none. */
  readonly noise?: number;
  /** The smallest difference that the instrument can tell, in the metric's unit. */
  readonly resolution?: number;
  /** Why the two may not be compared: another host, accelerator, QEMU; null when they may. */
  readonly obstacle?: string | null;
}

/**
 * The one rule by which two series are told apart, `b` from `a`:
 *
 * 1. With an obstacle there is a ratio and no verdict.
 * 2. Counts that were the same in every boot of each side are exact: they differ when they differ by more than the
 *    control did and more than the instrument resolves.
 * 3. Else `b` is more or less when the corrected p-value is below 5 %, the ratio's interval leaves out 1, and the
 *    difference is larger than that of the control.
 * 4. They are the same when the whole interval is within 10 % of 1 for times, 1 % for counts.
 * 5. All else is INDETERMINATE: the interval is too wide to say either.
 *
 * How often it is wrong is measured by simulation: resources/statistics/coverage.json.
 */
export function judgeDifference(effect: Effect, circumstances: Circumstances): DifferenceVerdict {
  const { obstacle = null, kind } = circumstances;
  if (obstacle !== null) return { name: 'ratio only', reason: obstacle };
  if (effect.countA === 0 || effect.countB === 0) return { name: 'INDETERMINATE', reason: 'One side has no value.' };
  return (kind === 'count' ? judgeExact(effect, circumstances) : null) ?? judgeSeries(effect, circumstances);
}

/** The difference that an A/A control has shown, relative to 1. */
export function noiseOf(control: Pick<Effect, 'ratio'>): number {
  return control.ratio === null ? Infinity : Math.abs(control.ratio - 1);
}

function judgeExact({ steadyA, steadyB }: Effect, { noise = 0, resolution = 0 }: Circumstances): DifferenceVerdict | null {
  if (steadyA === null || steadyB === null) return null;
  const difference = steadyB - steadyA;
  const tolerated = Math.max(resolution, noise * Math.abs(steadyA));
  if (Math.abs(difference) <= tolerated) {
    return { name: 'same', reason: difference === 0 ? 'Every boot of both gave the same count.' : `The counts differ by ${number(Math.abs(difference))}, no more than the control or the instrument’s resolution.` };
  }
  return { name: difference > 0 ? 'more' : 'less', reason: `Every boot of a side gave the same count, and the two differ by ${number(Math.abs(difference))}.` };
}

function judgeSeries(effect: Effect, { kind, corrected, noise = 0 }: Circumstances): DifferenceVerdict {
  const { interval, ratio } = effect;
  if (interval === null || ratio === null) return { name: 'INDETERMINATE', reason: withoutInterval(effect) };
  const significant = corrected !== null && corrected < SIGNIFICANCE;
  const outside = interval.low > 1 || interval.high < 1;
  if (significant && outside && Math.abs(ratio - 1) > noise) {
    return { name: ratio > 1 ? 'more' : 'less', reason: `The interval of the ratio leaves out 1, and chance alone does this with p = ${corrected.toPrecision(2)}.` };
  }
  const sameness = SAMENESS[kind];
  if (interval.low >= 1 - sameness && interval.high <= 1 + sameness) return { name: 'same', reason: `The whole interval of the ratio is within ${percent(sameness)} of 1.` };
  return { name: 'INDETERMINATE', reason: undecided(effect, significant && outside, noise) };
}

function withoutInterval({ countA, countB, ratio }: Effect): string {
  if (Math.min(countA, countB) < FEWEST_VALUES) return `Fewer than ${FEWEST_VALUES} values of a side have no interval: their range says little of the median.`;
  return ratio === null ? 'A ratio to 0 is no number.' : 'The ratio has no interval: some resamples have a median of 0.';
}

function undecided({ detectable }: Effect, differs: boolean, noise: number): string {
  if (differs) return `They differ, but no more than the control did from its equal (${percent(noise)}).`;
  const advice = detectable === null ? 'So few values can show no difference.' : `A change below ${percent(detectable)} would mostly not be seen with so few values that vary so much.`;
  return `The interval of the ratio is too wide to say. ${advice}`;
}

function percent(fraction: number): string {
  // Two digits, and never as a power of ten.
  return `${Number((fraction * 100).toPrecision(2))} %`;
}

/** Whole counts are exact and stay whole; a fraction has six digits. */
function number(value: number): string {
  return value.toLocaleString('en', Number.isInteger(value) ? {} : { maximumSignificantDigits: 6 });
}
