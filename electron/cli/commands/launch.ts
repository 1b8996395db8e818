import type { Guest } from '../../contract/guests.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { findOrCreateGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';

export interface LaunchOptions {
  /** Prints the command that would be run, and runs nothing. */
  readonly dryRun?: boolean;
}

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function renderLaunched({ definition, runtime }: Guest): string {
  if (!('machine' in runtime)) return `${definition.name} is ${runtime.state}`;
  const { accelerator, pid, qemu } = runtime.machine;
  return [
    `${definition.name} is ${runtime.state}: ${definition.id}, QEMU ${qemu.version} with ${accelerator}, pid ${pid}`,
    `  see its console:  petri console ${definition.id}`,
    `  power it down:    petri stop ${definition.id}`,
  ].join('\n');
}

/** Starts a guest; the name of a catalog entry makes a guest of it first. */
export function launch({ lab }: Context, word: string, { dryRun }: LaunchOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { definition } = await findOrCreateGuest(client, word);
    if (dryRun === true) {
      const { argv } = await client.guests.command({ id: definition.id });
      return { json: { argv }, text: argv.map(shellWord).join(' '), exitCode: exitCodes.ok };
    }
    const guest = await client.guests.start({ id: definition.id });
    return { json: guest, text: renderLaunched(guest), exitCode: exitCodes.ok };
  });
}
