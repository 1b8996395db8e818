import type { Comparison } from '../../contract/summaries.ts';
import { compareCandidates, verdictWord, type ComparisonCell, type ComparisonRow } from '../statistics/comparisonTable.ts';
import { obstacleBetween, type Side } from './comparability.ts';
import { metricSeriesOf } from './metricSeries.ts';
import { tableOf } from './subjectTable.ts';

/**
 * Compares the boots of subjects with that of the first: the boot as a whole and each phase that both have shown, and instructions
 * where both have counted them. One metric decides on a subject, its gate: instructions, which repeat where times do not, else the
 * boot; the others explain. How p-values are corrected, and what a control is for, is as in every comparison (`compareCandidates`);
 * the p-value that is given is the uncorrected one.
 */
export function compareSubjects(sides: readonly Side[]): Comparison[] {
  const [first] = sides;
  if (first === undefined || sides.length < 2) return [];
  const sideOf = new Map(sides.map((side) => [keyOf(side), side]));
  const { baseline, rows } = compareCandidates({
    candidates: sides.map((side) => ({ key: keyOf(side), label: side.subject.label, series: bootMetrics(side), control: side.subject.control })),
    baseline: keyOf(first),
    seed: first.run.plan.seed,
    obstacle: ({ key }, metric) => obstacleBetween(first, sideOf.get(key) ?? first, metric),
  });
  return rows.flatMap((row) => row.cells.map((cell) => comparisonOf(baseline.key, row, cell)));
}

function keyOf({ run, subject }: Side): string {
  return `${run.id} ${subject.key}`;
}

function bootMetrics({ run, subject, samples }: Side): ReturnType<typeof metricSeriesOf> {
  const phases = tableOf(run, subject).phases.map(({ name }) => name);
  return metricSeriesOf(run, subject, samples).filter(({ metric }) => metric === 'boot' || metric === 'instructions' || phases.includes(metric));
}

function comparisonOf(a: string, { key: b }: ComparisonRow, { metric, unit, role, effect, verdict }: ComparisonCell): Comparison {
  const word = verdictWord(verdict.name, unit);
  return {
    a: a.split(' ')[1] ?? a,
    b: b.split(' ')[1] ?? b,
    metric,
    // 1 where there is nothing to divide, so that it never becomes NaN on its way through JSON.
    ratio: effect.ratio ?? 1,
    interval: effect.interval,
    pValue: effect.pValue,
    cliffsDelta: effect.delta?.delta ?? null,
    role,
    comparable: verdict.name !== 'ratio only',
    conclusion: verdict.name === 'INDETERMINATE' ? 'undecided' : (word as Comparison['conclusion']),
    reason: verdict.reason,
  };
}
