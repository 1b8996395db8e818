import type { LabClient } from '../../contract/contract.ts';
import type { GuestDraft } from '../../contract/guests.ts';
import { findOne } from './findDisk.ts';
import type { GuestEdits } from './guestChange.ts';

/** The same edits with ids in place of the names of disks. What is deleted is found too, so that the lab can say that it is. Throws NOT_FOUND. */
export async function withDiskIds(client: LabClient, { disks: attached }: Pick<GuestDraft, 'disks'>, edits: GuestEdits): Promise<GuestEdits> {
  const { disk, removeDisk } = edits;
  if (disk === undefined && removeDisk === undefined) return edits;
  const known = await client.disks.list();
  const deleted = await client.disks.trash();
  const idOf = (word: string): string => (known.some(({ id, name }) => id === word || name === word) ? findOne('disk', known, word) : findOne('disk', [...known, ...deleted], word)).id;
  const added = disk?.map((text) => {
    const [word = '', ...bus] = text.split(':');
    return [idOf(word), ...bus].join(':');
  });
  // A disk that is gone for good can still be detached, by its id.
  const removed = removeDisk?.map((word) => (attached.some((one) => one.disk === word) ? word : idOf(word)));
  return { ...edits, ...(added !== undefined && { disk: added }), ...(removed !== undefined && { removeDisk: removed }) };
}
