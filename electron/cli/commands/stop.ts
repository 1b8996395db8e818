import { openLine } from '../../client/labConnection.ts';
import { labPaths } from '../../client/labPaths.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Guest } from '../../contract/guests.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { failureOf } from '../run/failures.ts';
import { findGuest } from '../run/findGuest.ts';
import type { LabDoor } from '../run/labDoor.ts';

export interface StopOptions {
  readonly lab?: boolean;
  readonly all?: boolean;
  readonly group?: string;
  readonly kill?: boolean;
  readonly after?: number;
}

async function chosen(client: LabClient, word: string | undefined, all: boolean, group: string | undefined): Promise<Guest[]> {
  if (group !== undefined) {
    const members = (await client.guests.list()).filter(({ definition }) => definition.group === group);
    if (members.length === 0) throw new DeclaredError('NOT_FOUND', { noun: 'group of guests', id: group });
    return members;
  }
  if (word !== undefined) return [await findGuest(client, word)];
  const running = (await client.guests.list()).filter(({ runtime }) => runtime.state !== 'stopped');
  if (all || running.length <= 1) return running;
  throw new DeclaredError('INPUT_INVALID', {
    issues: [{ path: 'GUEST', message: 'several guests run: name one, or say --all' }, ...running.map(({ definition }) => ({ path: definition.id, message: definition.name }))],
  });
}

/** Neither runs nor is about to be started again. */
const isIdle = ({ runtime, restarts }: Guest): boolean => runtime.state === 'stopped' && restarts.nextAt === null;

async function stopOne(client: LabClient, guest: Guest, { kill, after }: StopOptions): Promise<Guest> {
  if (isIdle(guest)) return guest;
  const { id } = guest.definition;
  if (kill === true) return client.guests.kill({ id });
  return client.guests.powerDown(after === undefined ? { id } : { id, afterSeconds: after });
}

const ends = { poweredDown: 'it powered down', killed: 'it was killed', crashed: 'it crashed', lost: 'nobody saw how' } as const;

/** One line for each guest: what became of it, or that there was nothing to do. */
export function renderStopped(guests: readonly Guest[], before: readonly Guest[] = guests): string {
  if (guests.length === 0) return 'No guest runs.';
  const idle = new Set(before.filter(isIdle).map(({ definition }) => definition.id));
  const told = ({ definition, runtime }: Guest): string => {
    if (idle.has(definition.id)) return 'was not running';
    return runtime.state === 'stopped' ? `is stopped (${ends[runtime.end?.how ?? 'lost']})` : `is ${runtime.state}`;
  };
  return guests.map((guest) => `${guest.definition.name} ${told(guest)}`).join('\n');
}

/** Ends the lab without a hello, so that a lab of another version can be ended too. */
async function stopLab(door: LabDoor, guests: 'leave' | 'powerDown' | 'kill'): Promise<Result> {
  try {
    const line = await openLine(labPaths(door.dataDirectory).socketPath);
    await line.client.system.shutdown({ guests });
    await line.closed;
    return { json: { lab: 'ended', guests }, text: guests === 'leave' ? 'The lab has ended; guests go on and the next lab adopts them.' : 'The lab and its guests have ended.', exitCode: exitCodes.ok };
  } catch (error) {
    if (failureOf(error).code !== 'LAB_UNREACHABLE') throw error;
    return { json: { lab: 'none' }, text: 'No lab runs.', exitCode: exitCodes.ok };
  }
}

function guestsAtEnd({ all, kill }: StopOptions): 'leave' | 'powerDown' | 'kill' {
  if (kill === true) return 'kill';
  return all === true ? 'powerDown' : 'leave';
}

/** Powers guests down, or ends the lab. A lab is started when none runs: it adopts the guests of the last one. */
export async function stop({ lab }: Context, word: string | undefined, options: StopOptions): Promise<Result> {
  if (options.lab === true) return stopLab(lab, guestsAtEnd(options));
  const connection = await lab.connect(true);
  try {
    const guests = await chosen(connection.client, word, options.all === true, options.group);
    const ended = await Promise.all(guests.map((guest) => stopOne(connection.client, guest, options)));
    return { json: ended, text: renderStopped(ended, guests), exitCode: exitCodes.ok };
  } finally {
    await connection.close();
  }
}
