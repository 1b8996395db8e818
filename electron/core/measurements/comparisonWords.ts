import type { ComparisonRow } from '../statistics/comparisonTable.ts';

/** Which metrics were left out of a comparison because only one side has them; nothing where all are shared. `titleOf` names a metric. */
export function aloneSentences({ label, alone }: Pick<ComparisonRow, 'label' | 'alone'>, baseline: string, titleOf: (metric: string) => string): string[] {
  const titles = [...alone.baseline, ...alone.subject].map(titleOf);
  // Two systems may call their own phases alike.
  const named = (metric: string): string => (titles.filter((title) => title === titleOf(metric)).length > 1 ? `${titleOf(metric)} (${metric})` : titleOf(metric));
  const sentence = (of: string, metrics: readonly string[]): string[] =>
    metrics.length === 0 ? [] : [`Not compared, because only “${of}” has ${metrics.length === 1 ? 'it' : 'them'}: ${metrics.map(named).join(', ')}.`];
  return [...sentence(baseline, alone.baseline), ...sentence(label, alone.subject)];
}
