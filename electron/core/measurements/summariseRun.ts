import type { PhaseDefinition, Run, Sample, Subject } from '../../contract/measurements.ts';
import type { PublishedValue, Verdict } from '../../contract/published.ts';
import type { PhaseSummary, RunSummary, Statistics, SubjectSummary } from '../../contract/summaries.ts';
import { subjectEnvironment } from '../published/environment.ts';
import { judge } from '../published/judge.ts';
import { describe } from '../statistics/describe.ts';
import { bootSeries, countedSamples, durationSeries, phaseAt, seenPhases, seriesOf, totalSeries, type BootSeries } from './bootSeries.ts';
import type { Side } from './comparability.ts';
import { compareSubjects } from './compareSubjects.ts';
import { tableOf } from './subjectTable.ts';
import { summariseEvents } from './summariseEvents.ts';

/**
 * All that is derived from a run's samples, the same in lab, page and report: a pure function of its arguments, so it
 * can be remembered by them. Every subject is compared with the first one.
 */
export function summariseRun(run: Run, samples: readonly Sample[], publishedValues: readonly PublishedValue[]): RunSummary {
  const compared = run.subjects.map((subject): Side => ({ run, subject, samples }));
  return {
    subjects: run.subjects.map((subject) => summariseSubject({ run, subject, samples, publishedValues })),
    comparisons: compareSubjects(compared),
  };
}

interface Context {
  readonly run: Run;
  readonly subject: Subject;
  readonly samples: readonly Sample[];
  readonly publishedValues: readonly PublishedValue[];
}

function summariseSubject(context: Context): SubjectSummary {
  const { run, subject, samples } = context;
  const table = tableOf(run, subject);
  const own = samples.filter((sample) => sample.subject === subject.key && !sample.warmUp);
  const counted = countedSamples(samples, subject.key);
  const seen = seenPhases(table, counted);
  const boot = statisticsOf(run, bootSeries(counted, table));
  return {
    key: subject.key,
    label: subject.label,
    complete: countOutcome(own, 'complete'),
    incomplete: countOutcome(own, 'incomplete'),
    failed: countOutcome(own, 'failed'),
    phases: table.phases.map((phase) => summarisePhase(context, phase, counted, seen)),
    firstByte: statisticsOf(run, seriesOf(counted, (sample) => sample.firstByteNs)),
    boot,
    total: statisticsOf(run, totalSeries(counted, table)),
    verdicts: verdictsOn(context, 'boot', boot),
    events: summariseEvents(run, counted),
  };
}

function summarisePhase(context: Context, { name, title, pattern }: PhaseDefinition, counted: readonly Sample[], seen: readonly string[]): PhaseSummary {
  const at = seriesOf(counted, (sample) => phaseAt(sample, name));
  const duration = statisticsOf(context.run, durationSeries(counted, seen, name));
  return {
    name,
    title,
    at: statisticsOf(context.run, at),
    duration,
    seen: at.values.length,
    missing: pattern === null ? 0 : counted.length - at.values.length,
    observable: pattern !== null,
    verdicts: verdictsOn(context, name, duration),
  };
}

function countOutcome(samples: readonly Sample[], outcome: Sample['outcome']): number {
  return samples.filter((sample) => sample.outcome === outcome).length;
}

function statisticsOf(run: Run, { values, indices }: BootSeries): Statistics | null {
  return describe(values, { unit: 'ns', seed: run.plan.seed, indices });
}

/** Verdicts against every published value of this system, architecture and metric, and every baseline of this guest. */
function verdictsOn({ run, subject, samples, publishedValues }: Context, metric: string, statistics: Statistics | null): { published: string; verdict: Verdict }[] {
  if (statistics === null) return [];
  const here = subjectEnvironment(run, subject);
  const resolutionNs = coarsestResolution(samples, subject.key);
  return publishedValues
    .filter((value) => value.metric === metric && applies(value, run, subject))
    .map((value) => ({ published: value.id, verdict: judge(statistics, value, here, resolutionNs) }));
}

function applies(value: PublishedValue, run: Run, subject: Subject): boolean {
  if (value.phaseTable !== tableOf(run, subject).id) return false;
  if (value.architecture !== null && value.architecture !== subject.guest.architecture) return false;
  // A run is not judged against what was saved from it: it would agree with itself.
  return value.baseline === undefined || (value.baseline.guest === subject.guest.id && value.baseline.run !== run.id);
}

function coarsestResolution(samples: readonly Sample[], subject: string): number {
  return countedSamples(samples, subject).reduce((coarsest, { provenance }) => Math.max(coarsest, provenance.resolutionNs), 0);
}
