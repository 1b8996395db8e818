import { DeclaredError } from '../../contract/errors.ts';
import type { RunWithSamples } from '../../contract/measurements.ts';
import type { Comparison } from '../../contract/summaries.ts';
import type { Side } from './comparability.ts';
import { compareSubjects } from './compareSubjects.ts';

/**
 * Compares the first subjects of two runs, `b` over `a`. When machine, QEMU or accelerator differ there are ratios and
 * no conclusions. Throws RUNS_NOT_COMPARABLE when they have no phase in common, NO_SAMPLES when one has no usable boot.
 */
export function compareRuns(a: RunWithSamples, b: RunWithSamples): Comparison[] {
  const [left, right] = [sideOf(a), sideOf(b)];
  const comparisons = compareSubjects([left, right]);
  if (comparisons.length === 0) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: 'nothing was measured in both' });
  return comparisons.map((comparison) => ({ ...comparison, a: a.run.id, b: b.run.id }));
}

function sideOf({ run, samples }: RunWithSamples): Side {
  const subject = run.subjects[0];
  if (subject === undefined || !samples.some(({ outcome, warmUp }) => outcome !== 'failed' && !warmUp)) throw new DeclaredError('NO_SAMPLES', { run: run.id });
  return { run, subject, samples };
}
