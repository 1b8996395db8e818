import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import type { ImportedReport, ReportCheck } from '../../contract/reports.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { printable } from '../run/failures.ts';
import { withLab } from '../run/labDoor.ts';
import { paint, type Paint, type Style } from '../run/terminal.ts';

/** Takes a report of somebody else and says what became of each of its numbers. Where one fails, the answer is no. */
export function importReport({ terminal, lab }: Context, path: string): Promise<Result> {
  const base64 = readNamedFile(path).toString('base64');
  return withLab(lab, async ({ client }) => {
    const imported = await client.reports.importReport({ fileName: basename(path), base64 });
    const failed = imported.checks.some(({ state }) => state === 'failed');
    const { id, digest, checks, importedBefore } = imported;
    return { json: { id, digest, checks, importedBefore }, text: renderChecks(imported, paint(terminal.colour)), exitCode: failed ? exitCodes.negative : exitCodes.ok };
  });
}

function readNamedFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new DeclaredError('PATH_REFUSED', { path, reason: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
}

const styles: Readonly<Record<ReportCheck['state'], Style>> = { good: 'green', failed: 'red', unchecked: 'dim' };

/** How many of each, then every row that is not good. */
function renderChecks({ id, report, checks, importedBefore }: ImportedReport & { readonly importedBefore: string | null }, style: Paint): string {
  const count = (state: ReportCheck['state']): number => checks.filter((row) => row.state === state).length;
  const rows = checks.filter(({ state }) => state !== 'good').toSorted((one, other) => one.state.localeCompare(other.state));
  return [
    `${style('bold', printable(report.title))}  ${id}`,
    ...(importedBefore === null ? [] : [`  imported before, at ${importedBefore}; verified again`]),
    `  ${count('good')} checks good, ${count('failed')} failed, ${count('unchecked')} cannot be made`,
    ...rows.map(({ sample, what, state, says }) => `  ${style(styles[state], state)}  ${sample === null ? '' : `boot ${sample}, `}${printable(what)}: ${printable(says)}`),
  ].join('\n');
}
