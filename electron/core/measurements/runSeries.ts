import { median } from 'simple-statistics';
import type { MetricName } from '../../contract/metrics.ts';
import type { PhaseTable } from '../../contract/measurements.ts';
import { observablePhases } from './phases.ts';
import type { SampleNumbers } from './sampleNumbers.ts';

/** One number of one sample. */
export interface SeriesValue {
  readonly index: number;
  readonly value: number;
}

/** A metric of each sample that has it, warm-ups too: a chart marks them by the plan. */
export function metricOf(samples: readonly SampleNumbers[], metric: MetricName): SeriesValue[] {
  return samples.flatMap(({ index, bootNs, readings }) => pair(index, metric === 'bootTime' ? bootNs : readings[metric]));
}

/** How long each sample spent in a phase: since the phase before it among those that any counted sample has, since the spawn for the first. */
export function phaseDurations(samples: readonly SampleNumbers[], table: PhaseTable, phase: string): SeriesValue[] {
  const counted = samples.filter((sample) => sample.counted);
  const seen = observablePhases(table).flatMap(({ name }) => (counted.some(({ phases }) => phases[name] !== undefined) ? [name] : []));
  const position = seen.indexOf(phase);
  const before = seen[position - 1];
  if (position === -1) return [];
  return samples.flatMap(({ index, phases }) => {
    const [from, to] = [before === undefined ? 0 : phases[before], phases[phase]];
    return from === undefined ? [] : pair(index, to === undefined ? null : to - from);
  });
}

function pair(index: number, value: number | null | undefined): SeriesValue[] {
  return value === null || value === undefined ? [] : [{ index, value }];
}

/**
 * At most `points` of the values, in their order: each stretch is stood for by its smallest and its largest, so that no
 * peak is lost however few points there are.
 */
export function keepExtremes(values: readonly SeriesValue[], points: number): SeriesValue[] {
  if (values.length <= points) return [...values];
  const stretches = Math.max(1, Math.floor(points / 2));
  return Array.from({ length: stretches }, (_, at) => values.slice(Math.floor((at * values.length) / stretches), Math.floor(((at + 1) * values.length) / stretches))).flatMap(extremes);
}

function extremes(stretch: readonly SeriesValue[]): SeriesValue[] {
  const [first] = stretch;
  if (first === undefined) return [];
  let [low, high] = [first, first];
  for (const value of stretch) {
    if (value.value < low.value) low = value;
    if (value.value > high.value) high = value;
  }
  return low === high ? [low] : [low, high].toSorted((one, other) => one.index - other.index);
}

export interface MedianWithInterval {
  readonly median: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The median with the interval between two order statistics that holds it in at least 95 % of cases, whatever the
 * distribution (binomial, Conover, Practical Nonparametric Statistics, 1999, section 3.2); null for fewer than six
 * values. It needs no resampling, so that a trend over hundreds of runs is there at once. Null for no value at all.
 */
export function medianWithInterval(values: readonly number[]): MedianWithInterval | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((one, other) => one - other);
  const outside = ranksOutside(values.length);
  return { median: median(sorted), low: sorted[outside - 1] ?? null, high: outside === 0 ? null : (sorted[values.length - outside] ?? null) };
}

/** How many values from each end may be left out so that at most 2.5 % lie beyond: the largest k with P(B ≤ k − 1) ≤ 0.025 for B of n fair coins. */
function ranksOutside(count: number): number {
  // In logarithms: 0.5 to the power of a thousand is no double.
  let logTerm = count * Math.log(0.5);
  let tail = 0;
  for (let heads = 0; heads < count; heads += 1) {
    tail += Math.exp(logTerm);
    if (tail > 0.025) return heads;
    logTerm += Math.log((count - heads) / (heads + 1));
  }
  return 0;
}
