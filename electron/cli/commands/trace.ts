import { DeclaredError } from '../../contract/errors.ts';
import type { EvidenceKind } from '../../contract/measurements.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderDiff } from '../render/diff.ts';
import type { Context, Result } from '../run/context.ts';
import { printable } from '../run/failures.ts';
import { findRun } from '../run/findGuest.ts';
import { findSample } from '../run/findRuns.ts';
import { withLab } from '../run/labDoor.ts';
import { paint } from '../run/terminal.ts';

const words: Readonly<Record<EvidenceKind, string>> = { trace: 'trace', marks: 'time marks', serial: 'serial output' };

export interface TraceOptions {
  readonly kind: EvidenceKind;
  readonly from: number;
  readonly limit: number;
  readonly search?: string;
}

/** Lines behind the numbers of a sample, one page of them. */
export function trace({ lab, terminal, cancelled }: Context, word: string, sample: number, { kind, from, limit, search }: TraceOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const run = await findRun(client, word);
    const page = await client.measurements.evidence({ run, index: sample, kind, offset: from, limit, ...(search !== undefined && { search }) }, { signal: cancelled });
    if (page.digest === null) throw new DeclaredError('NOT_FOUND', { noun: `${words[kind]} of sample`, id: `${run}:${sample}` });
    terminal.report(page.lines.length === 0 ? `no line from ${from} on; ${page.total} were found` : `lines ${from} to ${from + page.lines.length - 1} of ${search === undefined ? page.total : `those that have ${JSON.stringify(search)}`}, ${words[kind]} ${page.digest.slice(0, 12)}…`);
    return { json: page, text: page.lines.map(printable).join('\n'), exitCode: exitCodes.ok };
  });
}

/** Where two boots part. */
export function diff({ lab, terminal, cancelled }: Context, first: string, second: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const [a, b] = [await findSample(client, first), await findSample(client, second)];
    const result = await client.measurements.diff({ a, b }, { signal: cancelled });
    const parts = (result.events?.divergence ?? null) !== null || result.phases.some(({ differs }) => differs !== null);
    return { json: { a, b, ...result }, text: renderDiff(result, paint(terminal.colour)), exitCode: parts ? exitCodes.negative : exitCodes.ok };
  });
}
