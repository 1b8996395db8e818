import { DeclaredError } from '../../contract/errors.ts';
import type { LabClient } from '../../contract/contract.ts';
import type { Guest } from '../../contract/guests.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { findOrCreateGuest } from '../run/findGuest.ts';
import { placeOf } from '../run/guestChange.ts';
import { stayInForeground } from '../run/foreground.ts';
import { withLab } from '../run/labDoor.ts';

export interface LaunchOptions {
  /** Prints the command that would be run, and runs nothing. */
  readonly dryRun?: boolean;
  /** Petri's own guests of that architecture, in place of a named one. */
  readonly arch?: 'i386' | 'arm' | 'both';
  /** A Docker context, or false for this machine: the guests are placed there first. */
  readonly engine?: string | false;
  readonly engineNetwork?: string | false;
  /** Shows the consoles until the guests have stopped. */
  readonly foreground?: boolean;
}

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function renderLaunched({ definition, runtime }: Guest): string {
  const ports = definition.network.kind === 'none' ? [] : definition.network.forwards;
  if (!('machine' in runtime)) return `${definition.name} is ${runtime.state}`;
  const { accelerator, pid, qemu } = runtime.machine;
  return [
    `${definition.name} is ${runtime.state}: ${definition.id}, QEMU ${qemu.version} with ${accelerator}, pid ${pid}`,
    ...ports.map(({ name, hostPort, guestPort, link }) => `  ${name}: ${link === null ? '' : `${link}://`}127.0.0.1:${hostPort ?? '?'} leads to its port ${guestPort}`),
    `  see its console:  petri console ${definition.id}`,
    `  power it down:    petri stop ${definition.id}`,
  ].join('\n');
}

/** The guests that are meant: the named one, or Petri's own of an architecture. */
function wordsOf(word: string | undefined, { arch }: LaunchOptions): string[] {
  if (word !== undefined && arch !== undefined) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: '--arch', message: 'a guest that is named has its architecture already' }] });
  if (word !== undefined) return [word];
  return arch === 'both' ? ['builtin-i386', 'builtin-arm'] : [`builtin-${arch ?? 'i386'}`];
}

/** The guest where it is to run. Throws GUEST_BUSY for one that runs elsewhere. */
async function placed(client: LabClient, guest: Guest, { engine, engineNetwork }: LaunchOptions): Promise<Guest> {
  if (engine === undefined && engineNetwork === undefined) return guest;
  const { id } = guest.definition;
  return client.guests.update({ id, change: { place: placeOf(guest.definition, { ...(engine !== undefined && { engine }), ...(engineNetwork !== undefined && { engineNetwork }) }) } });
}

/** Starts guests; the name of a catalog entry makes a guest of it first. A guest that runs already is left as it is. */
export function launch(context: Context, word: string | undefined, options: LaunchOptions): Promise<Result> {
  const words = wordsOf(word, options);
  return withLab(context.lab, async (connection) => {
    const { client } = connection;
    const found: Guest[] = [];
    for (const one of words) found.push(await placed(client, await findOrCreateGuest(client, one), options));
    if (options.dryRun === true) {
      const commands = await Promise.all(found.map(({ definition }) => client.guests.command({ id: definition.id })));
      return { json: word === undefined ? commands : commands[0], text: commands.map(({ argv }) => argv.map(shellWord).join(' ')).join('\n'), exitCode: exitCodes.ok };
    }
    const guests: Guest[] = [];
    for (const guest of found) guests.push(word === undefined && guest.runtime.state !== 'stopped' ? guest : await client.guests.start({ id: guest.definition.id }));
    if (options.foreground === true) {
      await stayInForeground(context, connection, guests);
      return { json: undefined, text: '', exitCode: exitCodes.ok };
    }
    return { json: words.length === 1 ? guests[0] : guests, text: guests.map(renderLaunched).join('\n'), exitCode: exitCodes.ok };
  });
}
