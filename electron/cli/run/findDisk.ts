import type { LabClient } from '../../contract/contract.ts';
import type { Disk } from '../../contract/disks.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Snapshot } from '../../contract/snapshots.ts';
import { findGuest } from './findGuest.ts';

interface Findable {
  readonly id: string;
  readonly name: string;
}

/** What a word can mean: an id, a name, a name without regard to case, the beginning of an id. The first rule that finds any decides. */
function match<Item extends Findable>(items: readonly Item[], word: string): Item[] {
  const rules: ((item: Item) => boolean)[] = [
    ({ id }) => id === word,
    ({ name }) => name === word,
    ({ name }) => name.toLowerCase() === word.toLowerCase(),
    ({ id }) => word !== '' && id.startsWith(word),
  ];
  return rules.map((rule) => items.filter(rule)).find((found) => found.length > 0) ?? [];
}

/** Things that all have one name can only be told apart by their ids. */
function sameName(noun: string, found: readonly Findable[]): string[] {
  const names = new Set(found.map(({ name }) => name));
  return names.size === 1 ? [`${found.length} ${noun}s bear the name ${JSON.stringify([...names][0])}: say the id of the one that is meant`] : [];
}

/** The one thing that a word means. Throws NOT_FOUND for none, INPUT_INVALID for several. */
export function findOne<Item extends Findable>(noun: string, items: readonly Item[], word: string): Item {
  const found = match(items, word);
  const [item] = found;
  if (item === undefined) throw new DeclaredError('NOT_FOUND', { noun, id: word });
  if (found.length > 1) throw new DeclaredError('INPUT_INVALID', { issues: [...sameName(noun, found), ...found.map(({ id, name }) => `may be ${id} (${name})`)].map((message) => ({ path: noun.toUpperCase(), message })) });
  return item;
}

export async function findDisk(client: LabClient, word: string): Promise<Disk> {
  return findOne('disk', await client.disks.list(), word);
}

/** A snapshot of a guest, by their names or ids. */
export async function findSnapshot(client: LabClient, guest: string, word: string): Promise<Snapshot> {
  const { definition } = await findGuest(client, guest);
  return findOne('snapshot', (await client.snapshots.tree({ guest: definition.id })).snapshots, word);
}
