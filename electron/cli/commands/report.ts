import { join, resolve } from 'node:path';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { RenderedReport } from '../../contract/reports.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderMeasurement } from '../render/measurement.ts';
import type { Context, Result } from '../run/context.ts';
import { findRun } from '../run/findGuest.ts';
import { findNamedRun, type SeedRun } from '../run/findRuns.ts';
import { withLab } from '../run/labDoor.ts';
import { writeNamedFile } from '../run/writeNamedFile.ts';

export type ReportFormat = 'json' | 'text' | 'pdf' | 'csv' | 'svg';

export interface ReportOptions {
  readonly format: ReportFormat;
  /** A file, or `-` for stdout. */
  readonly output?: string;
  /** In JSON: with the bytes behind the numbers. */
  readonly evidence?: boolean;
  /** Runs to be compared with the first one, as one report. */
  readonly compare?: readonly string[];
  /** All steps of this campaign as one report, instead of a run. */
  readonly campaign?: string;
}

/** Renders a run in one format and writes it to a folder under the name that the lab gives. Returns the path. */
export async function writeReport(client: LabClient, run: string, format: ReportFormat, folder: string, name?: string): Promise<string> {
  const { base64, fileName } = await client.reports.render({ run, format });
  const path = join(folder, name ?? fileName);
  writeNamedFile(path, Buffer.from(base64, 'base64'));
  return path;
}

interface Wanted {
  readonly run: string;
  readonly others: readonly string[];
  readonly campaign: string | undefined;
  readonly format: ReportFormat;
  readonly evidence: boolean;
}

function renderOne(client: LabClient, { run, others, campaign, format, evidence }: Wanted): Promise<RenderedReport> {
  if (campaign !== undefined) return client.reports.renderCampaign({ campaign, format });
  return others.length > 0 ? client.reports.renderComparison({ runs: [run, ...others], format }) : client.reports.render({ run, format, evidence });
}

/** Throws INPUT_INVALID for options that say nothing together. */
function refuseUnfitting(word: string | undefined, { format, evidence = false, compare = [], campaign, ...seed }: ReportOptions & SeedRun): void {
  const refuse = (path: string, message: string): never => {
    throw new DeclaredError('INPUT_INVALID', { issues: [{ path, message }] });
  };
  if (evidence && format !== 'json') refuse('--evidence', `it goes with --format json, not with ${format}`);
  if (evidence && (compare.length > 0 || campaign !== undefined)) refuse('--evidence', 'the bytes go with the report of one run, not with a comparison or a campaign');
  if (campaign === undefined) return;
  if (word !== undefined) refuse('--campaign', 'a campaign’s report has all its runs: name no run beside it');
  if (compare.length > 0) refuse('--campaign', 'runs are compared with --compare, or a campaign is reported: not both');
  if (seed.metric !== undefined || seed.arch !== undefined) refuse('--campaign', 'a campaign’s report has all its runs: say no --metric and no --arch beside it');
}

/** Renders a run's report to stdout or to a file; a PDF goes to a file unless stdout is one. */
export function report({ terminal, lab }: Context, word: string | undefined, options: ReportOptions & SeedRun): Promise<Result> {
  refuseUnfitting(word, options);
  const { format, output, evidence = false, compare, campaign, ...seed } = options;
  return withLab(lab, async ({ client }) => {
    const run = campaign === undefined ? await findNamedRun(client, word, seed) : '';
    const others = await Promise.all((compare ?? []).map((other) => findRun(client, other)));
    const toScreen = output === '-' || (output === undefined && (format !== 'pdf' || !terminal.isRead));
    if (format === 'text' && toScreen && others.length === 0 && campaign === undefined) {
      const model = await client.reports.get({ run });
      return { json: model, text: renderMeasurement(model, terminal), exitCode: exitCodes.ok };
    }
    const rendered = await renderOne(client, { run, others, campaign, format, evidence });
    const bytes = Buffer.from(rendered.base64, 'base64');
    if (toScreen) {
      terminal.write(bytes);
      return { json: undefined, text: '', exitCode: exitCodes.ok };
    }
    const path = resolve(output ?? rendered.fileName);
    writeNamedFile(path, bytes);
    return { json: { path, digest: rendered.digest }, text: `${path} (${bytes.length} bytes)`, exitCode: exitCodes.ok };
  });
}
