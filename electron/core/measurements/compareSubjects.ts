import { median } from 'simple-statistics';
import type { PhaseTable, Run, Sample, Subject } from '../../contract/measurements.ts';
import type { Comparison } from '../../contract/summaries.ts';
import { FEWEST_VALUES, ratioInterval } from '../statistics/bootstrap.ts';
import { createRandomGenerator } from '../statistics/randomGenerator.ts';
import { cliffsDelta, rankSum } from '../statistics/rankSum.ts';
import { bootSeries, countedSamples, durationSeries, seenPhases } from './bootSeries.ts';

/** A subject with its boots and the machine they ran on. */
export interface Side {
  readonly run: Run;
  readonly subject: Subject;
  readonly samples: readonly Sample[];
}

/** Below this probability a difference is not taken for chance, after the correction for many metrics. */
const SIGNIFICANCE = 0.05;

/** Two things are called the same only when the ratio's whole interval is this near to 1. */
const SAMENESS = 0.1;

/**
 * Compares two subjects in the boot as a whole and in each phase that both have shown. With many metrics one of them
 * differs by chance, so p-values are weighed together (Holm, 1979) before one is called slower or faster; the p-value
 * that is given is the uncorrected one.
 */
export function compareSubjects(a: Side, b: Side, table: PhaseTable): Comparison[] {
  const metrics = commonMetrics(a, b, table).map((metric) => measure(metric, a, b, table));
  const significant = holm(metrics.map(({ pValue }) => pValue));
  return metrics.map((metric, position) => ({ ...metric, conclusion: conclude(metric, significant.has(position)) }));
}

function commonMetrics(a: Side, b: Side, table: PhaseTable): string[] {
  const [seenA, seenB] = [a, b].map(({ subject, samples }) => seenPhases(table, countedSamples(samples, subject.key)));
  return ['boot', ...(seenA ?? []).filter((phase) => seenB?.includes(phase))];
}

type Measured = Omit<Comparison, 'conclusion'>;

function measure(metric: string, a: Side, b: Side, table: PhaseTable): Measured {
  const [left, right] = [valuesOf(metric, a, table), valuesOf(metric, b, table)];
  const enough = Math.min(left.length, right.length) >= FEWEST_VALUES;
  return {
    a: a.subject.key,
    b: b.subject.key,
    metric,
    ratio: ratioOf(left, right),
    interval: ratioInterval(left, right, createRandomGenerator(a.run.plan.seed)),
    pValue: enough ? (rankSum(left, right)?.pValue ?? null) : null,
    cliffsDelta: enough ? cliffsDelta(left, right) : null,
    comparable: comparable(a, b),
  };
}

function valuesOf(metric: string, { subject, samples }: Side, table: PhaseTable): number[] {
  const counted = countedSamples(samples, subject.key);
  return metric === 'boot' ? bootSeries(counted, table).values : durationSeries(counted, seenPhases(table, counted), metric).values;
}

/** 1 where there is nothing to divide, so that it never becomes NaN on its way through JSON. */
function ratioOf(a: number[], b: number[]): number {
  const ratio = a.length === 0 || b.length === 0 ? 1 : median(b) / median(a);
  return Number.isFinite(ratio) ? ratio : 1;
}

function comparable(a: Side, b: Side): boolean {
  return a.run.host.id === b.run.host.id && a.subject.accelerator === b.subject.accelerator && a.subject.qemu.id === b.subject.qemu.id;
}

/** Positions of the p-values that stay significant when all are weighed together. */
function holm(pValues: readonly (number | null)[]): Set<number> {
  const ranked = pValues
    .flatMap((pValue, position) => (pValue === null ? [] : [{ pValue, position }]))
    .sort((left, right) => left.pValue - right.pValue);
  const refuted = ranked.findIndex(({ pValue }, rank) => pValue * (ranked.length - rank) >= SIGNIFICANCE);
  return new Set(ranked.slice(0, refuted === -1 ? ranked.length : refuted).map(({ position }) => position));
}

function conclude({ comparable, interval }: Measured, significant: boolean): Comparison['conclusion'] {
  if (!comparable) return 'ratio only';
  if (interval === null) return 'undecided';
  if (significant && interval.low > 1) return 'slower';
  if (significant && interval.high < 1) return 'faster';
  return interval.low >= 1 - SAMENESS && interval.high <= 1 + SAMENESS ? 'same' : 'undecided';
}
