import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, parse, relative, sep } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';

/** Whether `inner` is `outer` or lies in it. */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (!isAbsolute(way) && way.split(sep)[0] !== '..');
}

/** The system's own folders and the user's keys: a guest that sees them rules the host. */
const KEPT_FROM_GUESTS = ['/proc', '/sys', '/dev', '/run', '/etc', '/boot', join(homedir(), '.ssh'), join(homedir(), '.gnupg')];

async function leadsTo(path: string): Promise<string> {
  if (!isAbsolute(path) || path.includes('\0')) throw new DeclaredError('SHARE_REFUSED', { path, leadsTo: path, reason: 'it is not an absolute path' });
  try {
    return await realpath(path);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new DeclaredError('SHARE_REFUSED', { path, leadsTo: path, reason: code === 'ENOENT' ? 'it does not exist' : message }, { cause: error });
  }
}

async function reasonAgainst(folder: string, dataDirectory: string): Promise<string | null> {
  if (folder === parse(folder).root) return 'it is the whole file system';
  const data = await realpath(dataDirectory).catch(() => dataDirectory);
  if (isWithin(folder, data)) return "it lies in the lab's own data";
  if (isWithin(data, folder)) return "the lab's own data lie in it";
  const system = KEPT_FROM_GUESTS.find((place) => isWithin(folder, place));
  if (system !== undefined) return `it lies in ${system}, which no guest may see`;
  if (isWithin(homedir(), folder)) return 'the home directory lies in it, with its keys and passwords';
  if (!(await stat(folder)).isDirectory()) return 'it is no folder';
  return access(folder, constants.R_OK | constants.X_OK).then(() => null, () => 'it may not be read by this user');
}

/**
 * The folder that a share's path leads to, every link followed: QEMU is given that one, so that a link which is changed
 * later leads nowhere else. Throws SHARE_REFUSED saying where it leads.
 */
export async function inspectShare(path: string, dataDirectory: string): Promise<string> {
  const folder = await leadsTo(path);
  const reason = await reasonAgainst(folder, dataDirectory);
  if (reason !== null) throw new DeclaredError('SHARE_REFUSED', { path, leadsTo: folder, reason });
  return folder;
}
