import { DeclaredError } from '../../contract/errors.ts';
import type { RunWithSamples, Subject } from '../../contract/measurements.ts';
import { compareCandidates, type Candidate, type ComparisonTable } from '../statistics/comparisonTable.ts';
import { countedSamples } from './bootSeries.ts';
import { obstacleBetween, type Side } from './comparability.ts';
import { metricSeriesOf } from './metricSeries.ts';

/** A subject of a run by its key; the run's first without one. */
export interface Chosen {
  readonly run: string;
  readonly subject?: string;
}

export interface ManyOptions {
  /** The subject that the others are compared with; the first one when left out. */
  readonly baseline?: Chosen;
  /** Only these metrics (`boot`, phases, names of readings); all when left out. */
  readonly metrics?: readonly string[];
}

/**
 * Compares every subject of the runs with one of them: runs of a guest, guests, versions of a system, Machines, settings.
 * A subject's key in the table is RUN/KEY. An A/A control of the baseline's own run is taken for the baseline's control.
 * Throws NO_SAMPLES for a subject without a usable boot, RUNS_NOT_COMPARABLE for fewer than two, a run that is there twice, or nothing in common.
 */
export function compareMany(runs: readonly RunWithSamples[], { baseline, metrics }: ManyOptions = {}): ComparisonTable {
  refuseTwice(runs.map(({ run: { id } }) => id));
  const sides = runs.flatMap(({ run, samples }) => run.subjects.map((subject) => ({ key: keyOf(run.id, subject), side: { run, subject, samples } })));
  const first = sides.find(({ side: { run, subject } }) => baseline === undefined || (run.id === baseline.run && (baseline.subject ?? run.subjects[0]?.key) === subject.key));
  if (first === undefined || sides.length < 2) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: 'a comparison needs a baseline and at least one other' });
  for (const { side } of sides) refuseWithoutSamples(side);
  const several = new Set(runs.map(({ run }) => run.id)).size > 1;
  const labelOf = ({ run, subject }: Side): string => (several ? `${run.name}: ${subject.label}` : subject.label);
  // Runs of one name are told apart by their ids.
  const labels = several ? sides.map(({ side }) => labelOf(side)) : [];
  const candidates = sides.map(({ key, side }): Candidate => ({
    key,
    label: labels.filter((label) => label === labelOf(side)).length > 1 ? `${labelOf(side)} (${side.run.id})` : labelOf(side),
    series: metricSeriesOf(side.run, side.subject, side.samples).filter(({ metric }) => metrics?.includes(metric) ?? true),
    control: isControlOf(first.side, side),
  }));
  const sideOf = new Map(sides.map(({ key, side }) => [key, side]));
  const table = compareCandidates({
    candidates,
    baseline: first.key,
    seed: first.side.run.plan.seed,
    obstacle: (candidate, metric) => obstacleBetween(first.side, sideOf.get(candidate.key) ?? first.side, metric),
  });
  if (table.rows.every(({ cells }) => cells.length === 0)) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: 'nothing was measured in both' });
  return table;
}

function keyOf(run: string, subject: Subject): string {
  return `${run}/${subject.key}`;
}

/** A run equals itself, which says nothing; its subjects are compared when it is there once. */
function refuseTwice(ids: readonly string[]): void {
  const twice = ids.find((id, at) => ids.indexOf(id) < at);
  if (twice !== undefined) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: `${twice} was named twice, and a run is not compared with itself` });
}

function refuseWithoutSamples({ run, subject, samples }: Side): void {
  if (countedSamples(samples, subject.key).length === 0) throw new DeclaredError('NO_SAMPLES', { run: run.id });
}

/** A control is the first subject of its run once more. */
function isControlOf(baseline: Side, { run, subject }: Side): boolean {
  return subject.control && run.id === baseline.run.id && baseline.subject.key === run.subjects[0]?.key;
}
