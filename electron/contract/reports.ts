import { z } from 'zod';
import { campaign } from './campaigns.ts';
import { failure } from './errors.ts';
import { evidenceKind, run, sample } from './measurements.ts';
import { profile } from './metrics.ts';
import { byIdentifier, digest, identifier, instant } from './primitives.ts';
import { procedure } from './procedure.ts';
import { publishedValue } from './published.ts';
import { runSummary } from './summaries.ts';
import { trashedItem } from './trash.ts';

export const REPORT_SCHEMA_VERSION = 1;

/** What the numbers of one subject's instruments mean, in sentences for a reader who does not know the field. */
export const interpretation = z.object({
  subject: z.string(),
  about: z.enum(['instruments', 'calls', 'memory', 'symbols', 'profile']),
  title: z.string(),
  sentences: z.array(z.string()).min(1),
});
export type Interpretation = z.infer<typeof interpretation>;

/** Where a subject's instructions went in all its counted samples together. */
export const subjectProfile = z.object({ subject: z.string(), samples: z.array(z.number().int()).min(1), profile });
export type SubjectProfile = z.infer<typeof subjectProfile>;

export type { EvidenceKind } from './measurements.ts';

/** Bytes behind numbers, as they were kept: compressed with gzip and written in base64. */
export const evidenceBytes = z.object({
  sample: z.number().int().nonnegative(),
  kind: evidenceKind,
  /** Which of the sample's traces, from 0 on; 0 for the others. */
  position: z.number().int().nonnegative(),
  /** SHA-256 of all of it, and how much it is. */
  digest,
  bytes: z.number().int().nonnegative(),
  /** How much of it is here, from its begin on; less than `bytes` where all of it would be too much for a report. */
  kept: z.number().int().nonnegative(),
  /** Of what is here. */
  keptDigest: digest,
  gzip: z.string(),
});
export type EvidenceBytes = z.infer<typeof evidenceBytes>;

/** SHA-256 of the parts of a report, each as JSON with its keys in order: they show what was changed by accident, not by a forger. */
export const reportSeals = z.object({ run: digest, summary: digest, words: digest, samples: z.array(z.object({ sample: z.number().int(), digest })) });
export type ReportSeals = z.infer<typeof reportSeals>;

export const reportEvidence = z.object({ seals: reportSeals, files: z.array(evidenceBytes) });
export type ReportEvidence = z.infer<typeof reportEvidence>;

/** What every report says of itself. */
const reportHead = z.object({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  /** When what it is of ended; rendering adds no time of its own, so that the same report has the same bytes. */
  createdAt: instant,
  generator: z.object({ name: z.literal('Petri'), version: z.string() }),
  title: z.string(),
  /** The answer in a few sentences of plain language. */
  findings: z.array(z.string()),
  /** What the numbers do not say. */
  limits: z.array(z.string()),
  /** A command that makes it again, for a POSIX shell. */
  command: z.string(),
});

/** The one model of a report; JSON is its text, PDF and the page are its pictures. */
export const report = reportHead.extend({
  id: identifier,
  question: z.string(),
  run,
  samples: z.array(sample),
  summary: runSummary,
  published: z.array(publishedValue),
  interpretation: z.array(interpretation).default([]),
  profiles: z.array(subjectProfile).default([]),
  /** Only in reports that were asked for with it. */
  evidence: reportEvidence.optional(),
});
export type Report = z.infer<typeof report>;

const ratioInterval = z.object({ level: z.number(), low: z.number(), high: z.number(), resamples: z.number().int() });

/** One metric of one subject against the baseline. */
export const comparedMetric = z.object({
  metric: z.string(),
  title: z.string(),
  unit: z.string(),
  modelled: z.boolean(),
  /** The metric that decides on the subject, or one that explains. */
  role: z.enum(['gate', 'information']),
  medianA: z.number().nullable(),
  medianB: z.number().nullable(),
  countA: z.number().int(),
  countB: z.number().int(),
  ratio: z.number().nullable(),
  interval: ratioInterval.nullable(),
  /** Uncorrected, and corrected by Holm together with the others of its role. */
  pValue: z.number().nullable(),
  corrected: z.number().nullable(),
  cliffsDelta: z.number().nullable(),
  verdict: z.string(),
  reason: z.string(),
});
export type ComparedMetric = z.infer<typeof comparedMetric>;

/** Several runs side by side: every subject against the first subject of the first run. */
export const comparisonReport = reportHead.extend({
  kind: z.literal('comparison'),
  id: z.string(),
  baseline: z.object({ key: z.string(), label: z.string() }),
  rows: z.array(z.object({ key: z.string(), label: z.string(), control: z.boolean(), verdict: z.object({ metric: z.string(), word: z.string(), reason: z.string() }).nullable(), cells: z.array(comparedMetric) })),
  runs: z.array(run),
});
export type ComparisonReport = z.infer<typeof comparisonReport>;

/** All steps of a campaign as one report. */
export const campaignReport = reportHead.extend({
  kind: z.literal('campaign'),
  id: identifier,
  question: z.string(),
  campaign,
  /** `report` is null for a step without a usable boot; then `why` says why. */
  steps: z.array(z.object({ name: identifier, state: z.string(), why: z.string(), failure: failure.nullable(), report: report.nullable() })),
});
export type CampaignReport = z.infer<typeof campaignReport>;

const renderedReport = z.object({ fileName: z.string(), mediaType: z.string(), base64: z.string(), digest });
export type RenderedReport = z.infer<typeof renderedReport>;

/** `csv` is a row for each number of each sample, and of a comparison for each metric of each subject; `svg` is the flame graph alone. */
export const reportFormat = z.enum(['json', 'text', 'pdf', 'csv', 'svg']);
export type ReportFormat = z.infer<typeof reportFormat>;

/** One number of an imported report, computed again from the evidence that came with it. */
export const reportCheck = z.object({
  sample: z.number().int().nullable(),
  what: z.string(),
  /** `unchecked`: the report has no evidence of it. */
  state: z.enum(['good', 'failed', 'unchecked']),
  says: z.string(),
});
export type ReportCheck = z.infer<typeof reportCheck>;

/** A report that another person made, with what became of its digests. It is shown beside one's own and never mixed with them; its evidence is had by `importedEvidence`. */
export const importedReport = z.object({ id: identifier, importedAt: instant, fileName: z.string(), digest, report, checks: z.array(reportCheck) });
export type ImportedReport = z.infer<typeof importedReport>;

export const reports = {
  get: procedure.input(z.object({ run: identifier })).output(report),
  render: procedure.input(z.object({ run: identifier, format: reportFormat, /** In JSON: the serial bytes and trace lines behind the numbers, so that another person can check them. */ evidence: z.boolean().default(false) })).output(renderedReport),
  /** Several runs side by side, as one report. */
  renderComparison: procedure.input(z.object({ runs: z.array(identifier).min(2).max(20), format: reportFormat })).output(renderedReport),
  renderCampaign: procedure.input(z.object({ campaign: identifier, format: reportFormat })).output(renderedReport),
  /** Takes a report's JSON and verifies it; REPORT_INVALID when it is none. Checks that fail are in the answer, not thrown. */
  importReport: procedure.input(z.object({ fileName: z.string().max(255), base64: z.string().max(66_000_000) })).output(importedReport.extend({ /** When the same file was taken before; it is verified again. Null for a new one. */ importedBefore: instant.nullable() })),
  imported: procedure.output(z.array(importedReport.omit({ report: true, checks: true }).extend({ title: z.string(), failed: z.number().int() }))),
  getImported: procedure.input(byIdentifier).output(importedReport),
  /** Serial text, time marks or trace lines of one sample of an imported report, from the bytes that came with it. */
  importedEvidence: procedure
    .input(z.object({ id: identifier, sample: z.number().int(), kind: evidenceKind, offset: z.number().int().nonnegative().default(0), limit: z.number().int().min(1).max(2_000).default(200) }))
    .output(z.object({ total: z.number().int(), lines: z.array(z.string()), digest: z.string().nullable() })),
  /** Moves it to the trash, where `restoreImported` finds it. */
  removeImported: procedure.input(byIdentifier),
  restoreImported: procedure.input(byIdentifier).output(importedReport),
  /** What `restoreImported` would find, what was removed last first. */
  importedTrash: procedure.output(z.array(trashedItem)),
};
