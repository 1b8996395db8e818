import { z } from 'zod';
import { openCollection, type Collection } from '../../electron/host/storage/collections.ts';
import { openDataDirectory, type DataDirectory } from '../../electron/host/storage/dataDirectory.ts';

const note = z.object({ text: z.string() });
export type Note = z.infer<typeof note>;

/** A collection for tests: documents with one text, under any name. */
export const openNotes = (data: DataDirectory, name = 'notes'): Collection<Note> => openCollection(data.database, name, note);

/** Makes a data directory with so many notes of about 2 kB, and closes it. */
export function writeNotes(path: string, count: number): void {
  const data = openDataDirectory(path);
  const notes = openNotes(data);
  for (let index = 0; index < count; index += 1) notes.put(`note-${index}`, noteOf(index));
  data.dispose();
}

export const noteOf = (index: number): Note => ({ text: `${index} `.repeat(400) });
