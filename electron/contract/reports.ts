import { z } from 'zod';
import { run, sample } from './measurements.ts';
import { byIdentifier, digest, identifier, instant } from './primitives.ts';
import { procedure } from './procedure.ts';
import { publishedValue } from './published.ts';
import { runSummary } from './summaries.ts';

export const REPORT_SCHEMA_VERSION = 1;

/** The one model of a report; JSON is its text, PDF and the page are its pictures. */
export const report = z.object({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  id: identifier,
  /** When the run ended; rendering adds no time of its own, so that the same report has the same bytes. */
  createdAt: instant,
  generator: z.object({ name: z.literal('Petri'), version: z.string() }),
  title: z.string(),
  question: z.string(),
  /** The answer in a few sentences of plain language. */
  findings: z.array(z.string()),
  run,
  samples: z.array(sample),
  summary: runSummary,
  published: z.array(publishedValue),
  /** What the numbers do not say. */
  limits: z.array(z.string()),
  /** A command that runs it again, for a POSIX shell. */
  command: z.string(),
});
export type Report = z.infer<typeof report>;

const renderedReport = z.object({ fileName: z.string(), mediaType: z.string(), base64: z.string(), digest });
export type RenderedReport = z.infer<typeof renderedReport>;

export const reportFormat = z.enum(['json', 'text', 'pdf']);
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

/** A report that another person made, with what became of its digests. It is shown beside one's own and never mixed with them. */
export const importedReport = z.object({ id: identifier, importedAt: instant, fileName: z.string(), digest, report, checks: z.array(reportCheck) });
export type ImportedReport = z.infer<typeof importedReport>;

export const reports = {
  get: procedure.input(z.object({ run: identifier })).output(report),
  render: procedure.input(z.object({ run: identifier, format: reportFormat, /** In JSON: the serial bytes and trace lines behind the numbers, so that another person can check them. */ evidence: z.boolean().default(false) })).output(renderedReport),
  /** Several runs side by side, as one report. */
  renderComparison: procedure.input(z.object({ runs: z.array(identifier).min(2).max(20), format: reportFormat })).output(renderedReport),
  renderCampaign: procedure.input(z.object({ campaign: identifier, format: reportFormat })).output(renderedReport),
  /** Takes a report's JSON and verifies it; REPORT_INVALID when it is none. Checks that fail are in the answer, not thrown. */
  importReport: procedure.input(z.object({ fileName: z.string().max(255), base64: z.string() })).output(importedReport),
  imported: procedure.output(z.array(importedReport.omit({ report: true, checks: true }).extend({ title: z.string(), failed: z.number().int() }))),
  getImported: procedure.input(byIdentifier).output(importedReport),
  removeImported: procedure.input(byIdentifier),
};
