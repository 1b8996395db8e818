import { lstatSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import { architecture } from '../../contract/primitives.ts';
import { onDisk } from './storageFailures.ts';
import { writeFileAtomically } from './writeFileAtomically.ts';

/** A boot has some 500 bytes. */
const LARGEST_FILE_BYTES = 1_048_576;
const MOST_FILES = 100_000;

/** A file below a folder's `measurements/ARCH/`: its text, or why it cannot be read. */
export interface MeasurementFile {
  /** Below the folder that was named. */
  readonly file: string;
  readonly architecture: string;
  readonly text: string | null;
  readonly reason: string;
}

/** Throws PATH_REFUSED for a path that means another folder to the lab than to who wrote it. */
function refuseRelative(folder: string): void {
  if (!isAbsolute(folder) || folder.includes('\0')) throw new DeclaredError('PATH_REFUSED', { path: folder, reason: 'It must be a whole path, from the root on.' });
}

/** Writes `measurements/ARCH/NAME` below a folder, which is made where it is absent. Answers the path. */
export function writeMeasurementFile(folder: string, arch: string, name: string, text: string): string {
  refuseRelative(folder);
  const directory = join(folder, 'measurements', arch);
  onDisk(directory, () => mkdirSync(directory, { recursive: true }));
  writeFileAtomically(join(directory, name), text);
  return join(directory, name);
}

/**
 * All `measurements/ARCH/*.json` below a folder, or `ARCH/*.json` where the folder itself is called so. Links are not
 * followed. Throws PATH_REFUSED for a folder that cannot be read, or that has no such files.
 */
export function readMeasurementFiles(folder: string): MeasurementFile[] {
  refuseRelative(folder);
  const root = [join(folder, 'measurements'), folder].find((path) => namesIn(path).some((name) => architecture.safeParse(name).success));
  const files = architecture.options.flatMap((arch) => namesIn(join(root ?? folder, arch)).filter((name) => name.endsWith('.json')).sort().map((name) => ({ arch, path: join(root ?? folder, arch, name) })));
  if (files.length === 0) throw new DeclaredError('PATH_REFUSED', { path: folder, reason: `There is no ${join('measurements', `{${architecture.options.join(',')}}`, '*.json')} in it.` });
  if (files.length > MOST_FILES) throw new DeclaredError('PATH_REFUSED', { path: folder, reason: `It has ${files.length} files; ${MOST_FILES} are read at once.` });
  return files.map(({ arch, path }) => ({ file: relative(folder, path), architecture: arch, ...readSmall(path) }));
}

/** None where there is no such folder. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new DeclaredError('PATH_REFUSED', { path, reason: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
}

function readSmall(path: string): Pick<MeasurementFile, 'text' | 'reason'> {
  try {
    const found = lstatSync(path);
    if (!found.isFile()) return { text: null, reason: 'it is no regular file' };
    if (found.size > LARGEST_FILE_BYTES) return { text: null, reason: `it has ${found.size} bytes; a boot has some 500` };
    return { text: readFileSync(path, 'utf8'), reason: '' };
  } catch (error) {
    return { text: null, reason: error instanceof Error ? error.message : String(error) };
  }
}
