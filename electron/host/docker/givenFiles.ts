import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, chown, lchown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Who QEMU is in a container: the user, so that files and sockets are the user's; never root. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
}

/** For a lab that runs as root, and for systems without such numbers; also the user of Petri's images. */
const SOMEBODY: ContainerUser = { uid: 10_777, gid: 10_777 };

export function containerUser(): ContainerUser {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return uid === 0 ? SOMEBODY : { uid, gid };
}

const owners = z.array(z.object({ path: z.string(), uid: z.number().int(), gid: z.number().int() }));
type Owner = z.infer<typeof owners>[number];

/** Beside the machine's sockets, so that a later lab can give back, too. */
const recordPath = (directory: string): string => join(directory, 'owners.json');

function readOwners(directory: string): Owner[] {
  if (!existsSync(recordPath(directory))) return [];
  try {
    return owners.parse(JSON.parse(readFileSync(recordPath(directory), 'utf8')));
  } catch {
    return []; // The lab was killed while it wrote: nothing had been given yet.
  }
}

async function ownerOf(path: string): Promise<Owner> {
  const { uid, gid } = await stat(path);
  return { path, uid, gid };
}

/**
 * Lets the user of a container have files of root: only for a lab that runs as root, and only what QEMU writes or what
 * nobody else may read. Who had them is written down before, beside the machine.
 */
export async function giveFiles(directory: string, paths: readonly string[]): Promise<void> {
  const { uid, gid } = containerUser();
  if (process.getuid?.() !== 0) return;
  const known = readOwners(directory);
  const before = await Promise.all(paths.filter((path) => known.every((owner) => owner.path !== path)).map(ownerOf));
  writeFileSync(recordPath(directory), JSON.stringify([...known, ...before.filter((owner) => owner.uid !== uid)]), { mode: 0o600 });
  for (const path of paths) await chown(path, uid, gid);
}

/** Gives back what `giveFiles` took; what is gone meanwhile needs no owner. */
export async function takeFilesBack(directory: string): Promise<void> {
  for (const { path, uid, gid } of readOwners(directory).reverse()) await lchown(path, uid, gid).catch(() => undefined);
  rmSync(recordPath(directory), { force: true });
}

/**
 * Lets QEMU's user pass through folders of root, in which a snapshot makes new files. Nobody else gets nearer: the files
 * keep their modes, and so do the folders above.
 */
export async function openFolders(folders: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  for (const folder of new Set(folders)) {
    const { uid, mode } = await stat(folder);
    if (uid === 0 && (mode & 0o001) === 0) await chmod(folder, (mode & 0o7777) | 0o001);
  }
}

/** Whether everybody may read a file: then it need not be given. */
export async function isReadableByAll(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o004) !== 0;
}
