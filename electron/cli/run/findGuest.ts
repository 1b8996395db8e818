import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Guest } from '../../contract/guests.ts';

/**
 * Guests that a word on the command line can mean: by id, by name, by name without regard to case, by the catalog entry
 * they were made from, by the beginning of the id. The first rule that finds any decides.
 */
export function matchGuests(guests: readonly Guest[], word: string): Guest[] {
  const rules: ((guest: Guest) => boolean)[] = [
    ({ definition }) => definition.id === word,
    ({ definition }) => definition.name === word,
    ({ definition }) => definition.name.toLowerCase() === word.toLowerCase(),
    ({ definition }) => definition.catalogEntry === word,
    ({ definition }) => word !== '' && definition.id.startsWith(word),
  ];
  return rules.map((rule) => guests.filter(rule)).find((found) => found.length > 0) ?? [];
}

/** The one guest that the word means. Throws NOT_FOUND for none, INPUT_INVALID for several. */
export async function findGuest(client: LabClient, word: string): Promise<Guest> {
  const found = matchGuests(await client.guests.list(), word);
  const [guest] = found;
  if (guest === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'guest', id: word });
  if (found.length > 1) {
    const candidates = found.map(({ definition }) => `may be ${definition.id} (${definition.name})`);
    throw new DeclaredError('INPUT_INVALID', { issues: [`"${word}" means ${found.length} guests: say the id of the one that is meant`, ...candidates].map((message) => ({ path: 'GUEST', message })) });
  }
  return guest;
}

/** Like `findGuest`; a catalog entry that nobody made a guest of yet becomes one. */
export async function findOrCreateGuest(client: LabClient, word: string): Promise<Guest> {
  if (matchGuests(await client.guests.list(), word).length > 0) return findGuest(client, word);
  const entries = await client.catalog.list();
  const entry = entries.find(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase());
  if (entry === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'guest or catalog entry', id: word });
  return client.guests.createFromCatalog({ entry: entry.id });
}

/** The run that a word means: an id, the beginning of one, or `last`. */
export async function findRun(client: LabClient, word: string): Promise<string> {
  const { items } = await client.measurements.find(word === 'last' ? { limit: 1 } : { text: word.slice(0, 200), limit: 500 });
  const found = word === 'last' ? items[0] : (items.find(({ id }) => id === word) ?? items.find(({ id }) => id.startsWith(word)));
  if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'run', id: word });
  return found.id;
}
