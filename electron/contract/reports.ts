import { z } from 'zod';
import { run, sample } from './measurements.ts';
import { digest, identifier, instant } from './primitives.ts';
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

export const reports = {
  get: procedure.input(z.object({ run: identifier })).output(report),
  render: procedure.input(z.object({ run: identifier, format: reportFormat })).output(renderedReport),
};
