import { resolve } from 'node:path';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { ProgramTrace, TraceFormat } from '../../contract/programs.ts';
import { formatCount, formatDuration } from '../../core/charts/numbers.ts';
import { renderTraceComparison, renderTraceText } from '../../core/programs/renderTrace.ts';
import { createPen } from '../../core/reports/textLayout.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderTable, type Column } from '../render/table.ts';
import type { Context, Result } from '../run/context.ts';
import { printable } from '../run/failures.ts';
import { withLab } from '../run/labDoor.ts';
import { writeNamedFile } from '../run/writeNamedFile.ts';

/** A trace of that id or name, the beginning of its id, or the newest. */
async function findTrace(client: LabClient, word: string): Promise<string> {
  const list = await client.programs.list();
  const exact = word === 'last' ? list[0] : list.find(({ id, name }) => id === word || name === word);
  const found = exact ?? list.find(({ id }) => id.startsWith(word) || id.startsWith(`trace-${word}`));
  if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'trace of programs', id: word });
  return found.id;
}

const columns: readonly Column[] = [{ title: 'id' }, { title: 'trace' }, { title: 'state' }, { title: 'runs', align: 'right' }, { title: 'calls', align: 'right' }, { title: 'time', align: 'right' }, { title: 'by' }, { title: 'begun' }];

function rowOf({ id, name, state, figures, provenance, createdAt }: ProgramTrace): string[] {
  const { samples, systemCalls, durationNs } = figures;
  return [id, printable(name), state, String(samples), systemCalls === null ? '–' : formatCount(systemCalls), durationNs === null ? '–' : formatDuration(durationNs), provenance.instrument, createdAt];
}

export function listTraces({ lab }: Context): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const traces = await client.programs.list();
    return { json: traces, text: traces.length === 0 ? 'no trace of programs was kept; begin with: petri trace -- COMMAND' : renderTable(columns, traces.map(rowOf)), exitCode: exitCodes.ok };
  });
}

export function showTrace({ lab, terminal }: Context, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const whole = await client.programs.get({ id: await findTrace(client, word) });
    return { json: whole, text: renderTraceText(whole, createPen(terminal.colour)), exitCode: exitCodes.ok };
  });
}

export interface LinesOptions {
  readonly run: number;
  readonly from: number;
  readonly limit: number;
  readonly search?: string;
}

/** The instrument's own lines behind the numbers. */
export function traceLines({ lab, terminal, cancelled }: Context, word: string, { run, from, limit, search }: LinesOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const id = await findTrace(client, word);
    const page = await client.programs.evidence({ id, index: run, offset: from, limit, ...(search !== undefined && { search }) }, { signal: cancelled });
    if (page.digest === null) throw new DeclaredError('NOT_FOUND', { noun: 'kept lines of trace', id: `${id}:${run}` });
    terminal.report(page.lines.length === 0 ? `no line from ${from} on` : `lines ${from} to ${from + page.lines.length - 1}, trace ${page.digest.slice(0, 12)}…`);
    return { json: page, text: page.lines.map(printable).join('\n'), exitCode: exitCodes.ok };
  });
}

export function compareTraces({ lab, terminal }: Context, first: string, second: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const comparison = await client.programs.compare({ a: await findTrace(client, first), b: await findTrace(client, second) });
    return { json: comparison, text: renderTraceComparison(comparison, createPen(terminal.colour)), exitCode: exitCodes.ok };
  });
}

export interface ExportOptions {
  readonly format: TraceFormat;
  /** A file, or `-` for stdout. */
  readonly output?: string;
}

export function exportTrace({ lab, terminal }: Context, word: string, { format, output }: ExportOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { base64, fileName, digest } = await client.programs.export({ id: await findTrace(client, word), format });
    const bytes = Buffer.from(base64, 'base64');
    if (output === '-') {
      terminal.write(bytes);
      return { json: undefined, text: '', exitCode: exitCodes.ok };
    }
    const path = resolve(output ?? fileName);
    writeNamedFile(path, bytes);
    return { json: { path, digest }, text: `${path} (${bytes.length} bytes)`, exitCode: exitCodes.ok };
  });
}

export function removeTrace({ lab }: Context, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const id = await findTrace(client, word);
    await client.programs.remove({ id });
    return { json: { id }, text: `${id} is in the trash; back with: petri programs restore ${id}`, exitCode: exitCodes.ok };
  });
}

export function restoreTrace({ lab }: Context, id: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const trace = await client.programs.restore({ id });
    return { json: trace, text: `${trace.id} is back`, exitCode: exitCodes.ok };
  });
}
