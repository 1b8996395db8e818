import { truncate, writeFile } from 'node:fs/promises';

/** Makes a file of zeros that takes no room until it is written to. Throws when there is one already. */
export async function makeSparseFile(path: string, bytes: number): Promise<void> {
  await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  await truncate(path, bytes);
}
