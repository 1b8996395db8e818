import { writeFileSync } from 'node:fs';
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

/** Writes a file that a person named; what hinders it is an expected failure. */
export function writeNamedFile(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    throw new DeclaredError('PATH_REFUSED', { path, reason: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
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

/** Renders a run's report to stdout or to a file; a PDF goes to a file unless stdout is one. */
export function report({ terminal, lab }: Context, word: string | undefined, { format, output, evidence = false, compare, campaign, ...seed }: ReportOptions & SeedRun): Promise<Result> {
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
