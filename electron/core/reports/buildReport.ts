import type { Run, Sample } from '../../contract/measurements.ts';
import type { PublishedValue } from '../../contract/published.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../../contract/reports.ts';
import type { RunSummary } from '../../contract/summaries.ts';
import { summariseRun } from '../measurements/summariseRun.ts';
import type { CoverageTable } from '../statistics/statedCoverage.ts';
import { rerunCommand } from './command.ts';
import { reportFindings } from './findings.ts';
import { interpretRun } from './interpretation.ts';
import { reportLimits } from './limits.ts';
import { subjectProfileOf } from './subjectProfile.ts';

/** What a report is made from; `version` is Petri's. */
export interface ReportSource {
  readonly run: Run;
  readonly samples: readonly Sample[];
  readonly published: readonly PublishedValue[];
  readonly version: string;
  /** What simulations of the intervals found; without it a report has no figures of that. */
  readonly coverage?: CoverageTable | null;
}

/** The one model of a report. The same source gives the same report; nothing in it depends on when it is made. */
export function buildReport({ run, samples, published, version, coverage = null }: ReportSource): Report {
  const summary = summariseRun(run, samples, published);
  const profiles = run.subjects.flatMap(({ key }) => subjectProfileOf(samples, key) ?? []);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    id: run.id,
    createdAt: run.endedAt ?? run.createdAt,
    generator: { name: 'Petri', version },
    title: run.name,
    question: run.question,
    findings: reportFindings({ run, samples, summary, published }),
    run,
    samples: [...samples],
    summary,
    published: published.filter((value) => usedValues(summary).has(value.id)),
    interpretation: interpretRun({ run, samples, summary, profiles }),
    profiles,
    limits: reportLimits(run, samples, coverage),
    command: rerunCommand(run),
  };
}

/** True when at least one boot can be counted; without one there is nothing to report. */
export function isReportable(samples: readonly Sample[]): boolean {
  return samples.some((sample) => !sample.warmUp && sample.outcome !== 'failed');
}

function usedValues(summary: RunSummary): Set<string> {
  const verdicts = summary.subjects.flatMap((subject) => [...subject.verdicts, ...subject.phases.flatMap((phase) => phase.verdicts)]);
  return new Set(verdicts.map((verdict) => verdict.published));
}
