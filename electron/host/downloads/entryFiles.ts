import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { extname, isAbsolute, join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import { onDisk } from '../storage/storageFailures.ts';
import { readResource, type Resource } from '../storage/resources.ts';
import { writeFileAtomically } from '../storage/writeFileAtomically.ts';

/** An entry takes some KiB; what is larger is something else. */
const LARGEST_BYTES = 256 * 1024;
const ENDINGS = ['.yaml', '.yml', '.json'];

/** The user's own entry files by name. */
export function entryFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => ENDINGS.includes(extname(name))).sort().map((name) => join(directory, name));
}

/** The parsed text of an entry file, not yet checked. Throws PATH_REFUSED and RESOURCE_INVALID. */
export function readEntryFile(path: string): Resource {
  const refuse = (reason: string): DeclaredError => new DeclaredError('PATH_REFUSED', { path, reason });
  if (!isAbsolute(path)) throw refuse('it is not absolute');
  if (!ENDINGS.includes(extname(path))) throw refuse('a catalog entry is a .yaml or .json file');
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw refuse('there is no such file');
  if (!status.isFile()) throw refuse('it is no file');
  if (status.size > LARGEST_BYTES) throw refuse(`it has ${status.size} bytes; an entry has at most ${LARGEST_BYTES}`);
  return readResource(path);
}

/** Copies a checked file into the folder, in place of an earlier one of that id. */
export function keepEntryFile(path: string, directory: string, id: string): void {
  const content = readFileSync(path);
  onDisk(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  removeEntryFile(directory, id);
  writeFileAtomically(join(directory, `${id}${extname(path)}`), content);
}

/** Whether there was one. */
export function removeEntryFile(directory: string, id: string): boolean {
  const found = ENDINGS.map((ending) => join(directory, `${id}${ending}`)).filter((file) => existsSync(file));
  for (const file of found) onDisk(file, () => rmSync(file));
  return found.length > 0;
}
