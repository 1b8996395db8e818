import { z } from 'zod';
import { diskNode } from '../../core/guests/drives.ts';
import type { Qmp } from '../../core/guests/machine.ts';

const blockAnswer = z.array(z.object({ inserted: z.object({ 'node-name': z.string() }).optional() }));

/** A new layer for one of the guest's disks. */
export interface LayerOnDrive {
  /** The drive's place among the guest's disks. */
  readonly drive: number;
  /** The layer that is the newest now. */
  readonly below: string;
  /** The new one; its id becomes the name of QEMU's node. */
  readonly layer: string;
  readonly path: string;
}

/** The nodes that drives write to now: as the machine began (`diskNode`), or the layers that snapshots put on them. */
export async function layersInUse(qmp: Qmp): Promise<Set<string>> {
  const blocks = blockAnswer.parse(await qmp.execute('query-block'));
  return new Set(blocks.flatMap(({ inserted }) => (inserted === undefined ? [] : [inserted['node-name']])));
}

/** Puts a layer on each drive of a machine that stands still: on all of them, or on none. */
export async function putLayers(qmp: Qmp, layers: readonly LayerOnDrive[]): Promise<void> {
  if (layers.length === 0) return;
  const tops = await layersInUse(qmp);
  for (const { layer, path } of layers) {
    await qmp.execute('blockdev-add', { driver: 'qcow2', 'node-name': layer, discard: 'unmap', backing: null, file: { driver: 'file', filename: path } });
  }
  const actions = layers.map(({ drive, below, layer }) => ({ type: 'blockdev-snapshot', data: { node: tops.has(below) ? below : diskNode(drive), overlay: layer } }));
  await qmp.execute('transaction', { actions });
}

/** Lets go of layers that were opened and are on no drive. */
export async function dropLayers(qmp: Qmp, layers: readonly string[]): Promise<void> {
  for (const layer of layers) {
    // It may never have been opened: then there is nothing to let go of.
    await qmp.execute('blockdev-del', { 'node-name': layer }).catch(() => undefined);
  }
}
