import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Guest } from '../../contract/guests.ts';
import { findOrCreateGuest, matchGuests } from './findGuest.ts';

/** How the MINIX analysis seed's commands name what they measure. */
export interface SeedWords {
  /** Petri's own guest of that architecture. */
  readonly arch?: 'i386' | 'arm';
  /** A guest of that name, or the guest that runs in a Docker container of that name or id. */
  readonly container?: string;
}

/** Guests that are named, or those of the seed's words. Throws INPUT_INVALID for none, and for both. */
export async function findMeasured(client: LabClient, words: readonly string[], { arch, container }: SeedWords): Promise<Guest[]> {
  if (words.length > 0) {
    if (arch !== undefined || container !== undefined) throw wrong('name guests, or say --arch or --container, not both');
    const guests: Guest[] = [];
    for (const word of words) guests.push(await findOrCreateGuest(client, word));
    return guests;
  }
  if (container !== undefined) return [await findContainer(client, container, arch)];
  if (arch === undefined) throw wrong('name a guest, or say --arch or --container');
  return [await findOrCreateGuest(client, `builtin-${arch}`)];
}

async function findContainer(client: LabClient, name: string, arch: SeedWords['arch']): Promise<Guest> {
  const guests = await client.guests.list();
  const guest = matchGuests(guests, name)[0] ?? guests.find((candidate) => runsIn(candidate, name));
  if (guest === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'guest or container of a guest', id: name });
  const { architecture } = guest.definition;
  if (arch !== undefined && arch !== architecture) throw wrong(`${guest.definition.name} is a guest for ${architecture}, not ${arch}`);
  return guest;
}

/** A container of a guest is called `petri-GUEST-…`; Docker's ids are known by their beginning. */
function runsIn({ definition, runtime }: Guest, name: string): boolean {
  const id = 'machine' in runtime ? runtime.machine.container?.id : undefined;
  return (id !== undefined && name.length >= 6 && id.startsWith(name)) || name.startsWith(`petri-${definition.id}-`);
}

function wrong(message: string): DeclaredError<'INPUT_INVALID'> {
  return new DeclaredError('INPUT_INVALID', { issues: [{ path: 'GUEST', message }] });
}
