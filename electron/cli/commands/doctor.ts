import { repairData, type RepairReport } from '../../client/repairData.ts';
import type { Capability } from '../../contract/hosts.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { printable } from '../run/failures.ts';
import { withLab } from '../run/labDoor.ts';
import { paint, type Paint, type Style } from '../run/terminal.ts';

const styles: Readonly<Record<Capability['verdict'], Style>> = { good: 'green', limited: 'yellow', missing: 'red', denied: 'red', broken: 'red', unknown: 'dim' };

// Without these nothing boots; Docker and Podman only unlock more.
const needed: readonly Capability['id'][] = ['qemu', 'accelerators', 'disk'];
const works: readonly Capability['verdict'][] = ['good', 'limited'];

function renderCapability({ title, verdict, summary, evidence, unlocks, fix, command }: Capability, style: Paint): string {
  const lines = [
    `${style(styles[verdict], verdict.padEnd(8))} ${style('bold', title)}: ${summary}`,
    ...evidence.map((line) => `         ${style('dim', printable(line))}`),
    ...(works.includes(verdict) ? [] : [`         unlocks: ${unlocks}`]),
    ...(fix === null ? [] : [`         fix: ${fix}`]),
    ...(command === null ? [] : [`           ${command}`]),
  ];
  return lines.join('\n');
}

export function renderCapabilities(capabilities: readonly Capability[], style: Paint): string {
  return capabilities.map((capability) => renderCapability(capability, style)).join('\n');
}

/** Probes this machine again and says of each part whether it works, by what evidence, and how to get it. */
export async function doctor(context: Context, options: { readonly repair?: boolean }): Promise<Result> {
  return options.repair === true ? repair(context) : probe(context);
}

/** Keeps a damaged database aside and makes a new one of all that can be read. No lab may run on the directory. */
async function repair({ lab }: Context): Promise<Result> {
  const report = await repairData(lab.dataDirectory);
  return { json: report, text: renderRepair(report), exitCode: exitCodes.ok };
}

export function renderRepair({ outcome, keptAs, documents, samples, unreadable, fromBackup }: RepairReport): string {
  if (outcome === 'whole') return 'The database is whole; nothing was changed.';
  const lost = unreadable === 0 ? 'Nothing was lost.' : unreadable === null ? 'Nobody can say what was lost.' : `At least ${unreadable} records could not be read.`;
  const counts = `${documents} documents and ${samples} samples are there, ${fromBackup} of them from the newest backup.`;
  return `The database was repaired: ${counts} ${lost}\nThe damaged file is kept as ${keptAs ?? ''}.`;
}

function probe({ terminal, lab, cancelled }: Context): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    terminal.progress('probing this machine …', 'doctor');
    const capabilities = await client.hosts.test({}, { signal: cancelled });
    const ready = capabilities.filter(({ id }) => needed.includes(id)).every(({ verdict }) => works.includes(verdict));
    return { json: capabilities, text: renderCapabilities(capabilities, paint(terminal.colour)), exitCode: ready ? exitCodes.ok : exitCodes.negative };
  });
}
