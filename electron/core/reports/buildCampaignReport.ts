import type { Campaign } from '../../contract/campaigns.ts';
import { explain } from '../../contract/errors.ts';
import type { PublishedValue } from '../../contract/published.ts';
import { REPORT_SCHEMA_VERSION, type CampaignReport } from '../../contract/reports.ts';
import type { RunWithSamples } from '../../contract/measurements.ts';
import type { CoverageTable } from '../statistics/statedCoverage.ts';
import { buildReport, isReportable } from './buildReport.ts';

export interface CampaignSource {
  readonly campaign: Campaign;
  /** Null for a run that is gone. */
  readonly runOf: (id: string) => RunWithSamples | null;
  readonly published: readonly PublishedValue[];
  readonly version: string;
  readonly coverage?: CoverageTable | null;
}

/** All steps of a campaign as one report, in the order in which they were carried out; those that gave nothing say why. */
export function buildCampaignReport({ campaign, runOf, published, version, coverage = null }: CampaignSource): CampaignReport {
  const steps = campaign.steps.map((step): CampaignReport['steps'][number] => {
    const whole = step.run === null ? null : runOf(step.run);
    const report = whole === null || !isReportable(whole.samples) ? null : buildReport({ ...whole, published, version, coverage });
    return { name: step.name, state: step.state, failure: step.failure, why: report === null ? whyNothing(step, whole) : '', report };
  });
  const done = steps.filter(({ report }) => report !== null);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    kind: 'campaign',
    id: campaign.id,
    createdAt: campaign.endedAt ?? campaign.createdAt,
    generator: { name: 'Petri', version },
    title: campaign.name,
    question: campaign.file.question,
    findings: [
      `${done.length} of ${steps.length} steps have results.`,
      ...steps.map(({ name, report, why }) => `${name}: ${report === null ? why : (report.findings[0] ?? 'nothing to say')}`),
    ],
    campaign,
    steps,
    limits: [...new Set(done.flatMap(({ report }) => report?.limits ?? []))],
    command: `petri report --campaign ${campaign.id}`,
  };
}

function whyNothing({ state, run, failure }: Campaign['steps'][number], whole: RunWithSamples | null): string {
  if (failure !== null) return `it failed: ${explain(failure).what}`;
  if (run === null) return `it was not carried out (${state}).`;
  return whole === null ? 'its run was removed.' : 'none of its boots can be counted.';
}
