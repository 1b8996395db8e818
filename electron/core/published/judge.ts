import type { Environment, PublishedValue, Verdict } from '../../contract/published.ts';
import type { Statistics } from '../../contract/summaries.ts';

/** Below it a value is VERIFIED, up to twice as much PLAUSIBLE. It is also the tolerance of everything that measures. */
export const TOLERANCE = 0.1;
const PLAUSIBLE_UP_TO = 0.2;

const nanosecondsPer = { ns: 1, ms: 1e6, s: 1e9 } as const;

interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * Judges a measured median against a published value.
 *
 * The error is 0 inside the published range, else the distance to the nearest bound divided by that bound: VERIFIED
 * below 10 %, PLAUSIBLE up to 20 %, NEEDS_VALIDATION above. INDETERMINATE, whatever the numbers are, when one of these
 * is wider than the tolerance (10 % of the nearest bound): the instrument's resolution, the interval of the median, the
 * baseline's own interval; when there is no interval; when the value is no time; when the environments differ.
 */
export function judge(statistics: Statistics, value: PublishedValue, here: Environment, resolutionNs: number): Verdict {
  const obstacle = unit(statistics, value) ?? comparability(value, here) ?? precision(statistics, value, resolutionNs);
  if (obstacle !== null) return { name: 'INDETERMINATE', error: null, reason: obstacle };
  const range = rangeNs(value);
  const error = relativeError(statistics.median, range);
  const reason = error === 0 ? 'The median lies inside the published range.' : `The median is ${percent(error)} away from the nearest published bound.`;
  if (error < TOLERANCE) return { name: 'VERIFIED', error, reason };
  return { name: error <= PLAUSIBLE_UP_TO ? 'PLAUSIBLE' : 'NEEDS_VALIDATION', error, reason };
}

/** 0 inside the range, else the distance to the nearest bound divided by that bound. */
export function relativeError(measured: number, range: Range): number {
  if (measured >= range.low && measured <= range.high) return 0;
  const bound = nearestBound(measured, range);
  return Math.abs(measured - bound) / bound;
}

function nearestBound(measured: number, { low, high }: Range): number {
  return Math.abs(measured - low) <= Math.abs(measured - high) ? low : high;
}

function isTime(unit: PublishedValue['unit']): unit is keyof typeof nanosecondsPer {
  return Object.hasOwn(nanosecondsPer, unit);
}

function rangeNs({ low, high, unit }: PublishedValue): Range {
  const factor = isTime(unit) ? nanosecondsPer[unit] : NaN;
  return { low: low * factor, high: high * factor };
}

function unit(statistics: Statistics, value: PublishedValue): string | null {
  if (statistics.unit !== 'ns' || !isTime(value.unit)) return `The published value is in ${value.unit}, which a measured time cannot be compared with.`;
  return value.low > 0 && value.high >= value.low && Number.isFinite(value.high) ? null : 'The published value is no positive time.';
}

/** Why the two environments cannot be compared, null when they can. */
function comparability(value: PublishedValue, here: Environment): string | null {
  const there = value.environment;
  if (there.execution === null) return 'The source does not say on what it was measured.';
  if (here.execution === null) return 'It is not known how this measurement was executed.';
  if (there.hostId !== null || value.source.standing === 'baseline') return sameMachine(there, here);
  if (there.execution === 'emulated' || here.execution === 'emulated') {
    return 'An emulated guest’s time depends on the emulator and its host; it is never comparable with a time from elsewhere.';
  }
  return null;
}

/** A baseline is only good for the same machine, the same QEMU and the same way of execution. */
function sameMachine(there: Environment, here: Environment): string | null {
  if (there.hostId === null || there.hostId !== here.hostId) return 'The baseline is from another machine.';
  if (there.qemuBuildId === null || there.qemuBuildId !== here.qemuBuildId) return 'The baseline is from another QEMU.';
  return there.execution === here.execution ? null : 'The baseline was executed in another way (hardware or emulation).';
}

function precision(statistics: Statistics, value: PublishedValue, resolutionNs: number): string | null {
  const range = rangeNs(value);
  const tolerance = TOLERANCE * nearestBound(statistics.median, range);
  const { interval } = statistics;
  if (!(resolutionNs <= tolerance)) return `The instrument resolves ${milliseconds(resolutionNs)}, the tolerance is ${milliseconds(tolerance)}.`;
  if (interval === null) return 'Fewer than five boots have no confidence interval.';
  const width = interval.high - interval.low;
  if (!(width <= tolerance)) return `The interval of the median is ${milliseconds(width)} wide, the tolerance is ${milliseconds(tolerance)}.`;
  const own = range.high - range.low;
  if (value.source.standing === 'baseline' && own > tolerance) return `The baseline’s own interval is ${milliseconds(own)} wide, the tolerance is ${milliseconds(tolerance)}.`;
  return Number.isFinite(statistics.median) && statistics.median >= 0 ? null : 'The measured median is no time.';
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toPrecision(3)} ms`;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
