import { resolve } from 'node:path';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { printable } from '../run/failures.ts';
import { findRun } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Writes a file for each boot of the named runs, or of all. */
export function exportMeasurements({ lab }: Context, folder: string, { run: words }: { readonly run?: readonly string[] }): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const runs = words === undefined ? undefined : await Promise.all(words.map((word) => findRun(client, word)));
    const { files } = await client.measurements.exportFolder({ folder: resolve(folder), ...(runs !== undefined && { runs }) });
    return { json: { files }, text: `${counted(files.length, 'boot')} written to ${resolve(folder, 'measurements')}`, exitCode: exitCodes.ok };
  });
}

/** Makes runs of a folder's files; the refused ones are told with their reasons. */
export function importMeasurements({ lab, terminal, json }: Context, folder: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const result = await client.measurements.importFolder({ folder: resolve(folder) });
    const { runs, refused } = result;
    if (!json) for (const { file, reason } of refused) terminal.report(`refused: ${printable(file)}: ${printable(reason)}`);
    const text = [`${counted(runs.length, 'run')} imported, ${counted(refused.length, 'file')} refused`, ...runs].join('\n');
    return { json: result, text, exitCode: runs.length === 0 ? exitCodes.negative : exitCodes.ok };
  });
}
