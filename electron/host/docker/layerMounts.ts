import { open } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { Mount } from '../../core/containers/containerPlan.ts';
import { readQcow2Header } from '../../core/disks/qcow2Header.ts';
import type { MachineDisk } from '../../core/guests/machine.ts';

/** More layers than anybody has; a loop of backing files ends here. */
const LONGEST_CHAIN = 1_000;

/** The name of the file below a qcow2 layer, or null. */
async function backingName(path: string): Promise<string | null> {
  await using file = await open(path, 'r');
  const beginning = Buffer.alloc(104);
  const { bytesRead } = await file.read(beginning, 0, beginning.length, 0);
  const backing = readQcow2Header(beginning.subarray(0, bytesRead))?.backing ?? null;
  if (backing === null) return null;
  const name = Buffer.alloc(Math.min(backing.length, 1_023));
  await file.read(name, 0, name.length, backing.offset);
  return name.toString('utf8');
}

/** Every file of a disk, the newest first. */
export async function layersOf({ path, format }: Pick<MachineDisk, 'path' | 'format'>): Promise<string[]> {
  const layers = [path];
  while (format === 'qcow2' && layers.length < LONGEST_CHAIN) {
    const newest = layers[layers.length - 1] ?? path;
    const name = await backingName(newest);
    if (name === null) break;
    layers.push(isAbsolute(name) ? name : resolve(dirname(newest), name));
  }
  return layers;
}

/**
 * What a container has to see of disks: their folders, because a snapshot puts a new file beside the others while QEMU
 * runs. `files` are the layers themselves.
 */
export async function layerMounts(disks: readonly MachineDisk[]): Promise<{ mounts: Mount[]; files: string[] }> {
  const chains = await Promise.all(disks.map(async (disk) => ({ readOnly: disk.readOnly, layers: await layersOf(disk) })));
  const mounts = chains.flatMap(({ readOnly, layers }) => layers.map((layer) => ({ path: dirname(layer), readOnly })));
  return { mounts, files: [...new Set(chains.flatMap(({ layers }) => layers))] };
}
