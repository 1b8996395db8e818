import { median } from 'simple-statistics';
import type { PhaseTable } from '../../contract/measurements.ts';
import type { Comparison } from '../../contract/summaries.ts';
import { measureEffect, ratioOf, type Effect } from '../statistics/effect.ts';
import { holm } from '../statistics/holm.ts';
import { judgeDifference, noiseOf, type VerdictName } from '../statistics/verdict.ts';
import { bootSeries, countedSamples, durationSeries, seenPhases } from './bootSeries.ts';
import { obstacleBetween, type Side } from './comparability.ts';

/** Times are slower or faster where numbers are more or less. */
const conclusions: Readonly<Record<VerdictName, Comparison['conclusion']>> = { more: 'slower', less: 'faster', same: 'same', INDETERMINATE: 'undecided', 'ratio only': 'ratio only' };

/**
 * Compares the times of two subjects: the boot as a whole, which is the question, and each phase that both have shown,
 * which explain it. With many phases one of them differs by chance, so their p-values are corrected together before one
 * is called slower or faster; the p-value that is given is the uncorrected one. A `control` is `a` once more: a
 * difference no larger than that between these two is no difference.
 */
export function compareSubjects(a: Side, b: Side, table: PhaseTable, control: Side | null = null): Comparison[] {
  const metrics = commonMetrics(a, b, table);
  const effects = metrics.map((metric) => effectOn(metric, a, b, table));
  const [boot, ...phases] = effects.map(({ pValue }) => pValue);
  const corrected = [boot ?? null, ...holm(phases)];
  const obstacle = obstacleBetween(a, b, 'time');
  return effects.map((effect, position) => {
    const metric = metrics[position] ?? '';
    const noise = control === null ? 0 : noiseBetween(valuesOf(metric, a, table), valuesOf(metric, control, table));
    const verdict = judgeDifference(effect, { kind: 'time', corrected: corrected[position] ?? null, noise, obstacle });
    return {
      a: a.subject.key,
      b: b.subject.key,
      metric,
      // 1 where there is nothing to divide, so that it never becomes NaN on its way through JSON.
      ratio: effect.ratio ?? 1,
      interval: effect.interval,
      pValue: effect.pValue,
      cliffsDelta: effect.delta?.delta ?? null,
      comparable: obstacle === null,
      conclusion: conclusions[verdict.name],
    };
  });
}

function commonMetrics(a: Side, b: Side, table: PhaseTable): string[] {
  const [seenA, seenB] = [a, b].map(({ subject, samples }) => seenPhases(table, countedSamples(samples, subject.key)));
  return ['boot', ...(seenA ?? []).filter((phase) => seenB?.includes(phase))];
}

function effectOn(metric: string, a: Side, b: Side, table: PhaseTable): Effect {
  return measureEffect(valuesOf(metric, a, table), valuesOf(metric, b, table), a.run.plan.seed);
}

function valuesOf(metric: string, { subject, samples }: Side, table: PhaseTable): number[] {
  const counted = countedSamples(samples, subject.key);
  return metric === 'boot' ? bootSeries(counted, table).values : durationSeries(counted, seenPhases(table, counted), metric).values;
}

function noiseBetween(values: readonly number[], again: readonly number[]): number {
  const [first, second] = [values, again].map((one) => (one.length === 0 ? null : median([...one])));
  return noiseOf({ ratio: ratioOf(first ?? null, second ?? null) });
}
