import type { Run, Subject } from '../../contract/measurements.ts';
import type { PublishedValue } from '../../contract/published.ts';
import type { RunSummary, Statistics, SubjectSummary } from '../../contract/summaries.ts';
import { subjectEnvironment } from './environment.ts';

/**
 * A run's medians as this machine's own baseline: one value for the boot of its first subject and one for each phase's
 * duration. The value is the interval of the median, so that the baseline's own uncertainty is part of it; a metric
 * without an interval (fewer than five boots) is left out.
 */
export function makeBaseline(run: Run, summary: RunSummary, name: string): PublishedValue[] {
  const [subject, summarised] = [run.subjects[0], summary.subjects[0]];
  if (subject === undefined || summarised === undefined) return [];
  return metricsOf(summarised).flatMap(([metric, statistics], position) =>
    statistics?.interval ? [baselineValue({ run, subject, name, metric, position, low: statistics.interval.low, high: statistics.interval.high })] : [],
  );
}

/** Baselines of a run are found by it again. */
export function isBaselineOf(value: PublishedValue, run: string): boolean {
  return value.baseline?.run === run;
}

function metricsOf({ boot, phases }: SubjectSummary): [string, Statistics | null][] {
  return [['boot', boot], ...phases.map((phase): [string, Statistics | null] => [phase.name, phase.duration])];
}

interface BaselineMetric {
  readonly run: Run;
  readonly subject: Subject;
  readonly name: string;
  readonly metric: string;
  readonly position: number;
  readonly low: number;
  readonly high: number;
}

function baselineValue({ run, subject, name, metric, position, low, high }: BaselineMetric): PublishedValue {
  return {
    id: `baseline-${run.id}`.slice(0, 59) + `-${position}`,
    subject: `${name}: ${subject.label}`,
    phaseTable: run.phaseTable.id,
    architecture: subject.guest.architecture,
    metric,
    low,
    high,
    unit: 'ns',
    environment: subjectEnvironment(run, subject),
    source: { title: `This machine’s baseline "${name}"`, detail: `Run ${run.id} of ${run.createdAt}, interval of the median`, standing: 'baseline' },
    note: `${subject.qemu.package ?? subject.qemu.version} with ${subject.accelerator} on ${run.host.cpuModel}`,
    baseline: { run: run.id, guest: subject.guest.id },
  };
}
