import { DeclaredError } from '../../contract/errors.ts';
import { chainOf, possibleMerges, type Merge } from '../../core/disks/layers.ts';
import { contentDigest } from '../../host/disks/contentDigest.ts';
import type { ImageFile } from '../../host/disks/qemuImg.ts';
import type { TasksService } from '../tasks/tasks.ts';
import type { DiskTools } from './diskRoom.ts';
import { sharesOf, type TaskLike } from './progress.ts';
import type { DiskRecord, LayerRecord } from './records.ts';

/**
 * Makes chains shorter: layers that no disk and no snapshot refers to any more, between two others, become one with the
 * layer above them. The new file is made and read again beside the old one, without hindering anybody; a guest that was
 * started meanwhile keeps the old one, and the merge is tried again later.
 */
export interface LayerMerger {
  /** Begins a task for each disk that has such layers, is in use by nobody, and shares them with no clone. */
  begin(): void;
  /** Finishes what a dead lab was about to exchange; to be called before layers are collected. */
  recover(): Promise<void>;
  /** Cuts off what was begun, and waits until it has cleaned up. */
  dispose(): Promise<void>;
}

export function createLayerMerger(tools: DiskTools, tasks: TasksService): LayerMerger {
  const { records, files, qemuImg, shelf, uses, onChange } = tools;
  const atWork = new Map<string, Promise<unknown>>();
  const over = new AbortController();

  const all = (): Map<string, LayerRecord> => new Map(records.layers.all().map((layer) => [layer.id, layer]));
  const disksOn = (layer: string): DiskRecord[] => {
    const layers = all();
    const known = [...records.disks.all(), ...records.disks.trashed().map(({ value }) => value)];
    return known.filter(({ newest }) => chainOf(layers, newest).some(({ id }) => id === layer));
  };
  /** The one disk that has these layers, if nobody uses it now. */
  const freeDiskOf = ({ upper, between }: Merge<LayerRecord>): DiskRecord | null => {
    const [disk, ...clones] = disksOn(upper.id);
    if (disk === undefined || clones.length > 0 || !uses.isFree(disk.id)) return null;
    return [upper, ...between].some(({ id }) => shelf.isRead(id)) ? null : disk;
  };
  const possible = (): Merge<LayerRecord>[] => {
    const roots = shelf.roots();
    const newest = new Set([...records.disks.all(), ...records.disks.trashed().map(({ value }) => value)].flatMap((disk) => disk.newest ?? []));
    return roots === null ? [] : possibleMerges(all(), roots, newest).filter(({ upper, between, lower }) => [upper, ...between, lower].every(({ state }) => state === 'whole'));
  };
  const sameAs = (one: Merge<LayerRecord>) => (other: Merge<LayerRecord>): boolean =>
    one.upper.id === other.upper.id && one.lower.id === other.lower.id && one.between.length === other.between.length;

  /** Throws DISK_DAMAGED when the new file does not read as the old one; then that is not exchanged. */
  const refuseDifference = async (disk: DiskRecord, { upper, lower }: Merge<LayerRecord>, copy: ImageFile, signal: AbortSignal): Promise<void> => {
    const digestOf = (chain: readonly ImageFile[]): Promise<string> => contentDigest(qemuImg, chain, files.temporary, signal).then(({ digest }) => digest);
    const before = await shelf.reading(upper.id, (chain) => digestOf(chain.map(shelf.image)));
    const after = await shelf.reading(lower.id, (chain) => digestOf([copy, ...chain.map(shelf.image)]));
    if (before !== after) throw new DeclaredError('DISK_DAMAGED', { disk: disk.name, path: files.path(upper.file), output: [`merged with what is below it, it would read ${after} instead of ${before}`] });
  };
  const note = ({ upper, lower }: { upper: LayerRecord; lower: string }): void =>
    records.atomically(() => {
      records.layers.put(upper.id, { ...upper, parent: lower });
      records.exchanges.purge(upper.id);
    });
  /** Without a pause in between: nobody can begin to use the disk meanwhile. */
  const exchange = (merge: Merge<LayerRecord>, copy: string): boolean => {
    const now = possible().find(sameAs(merge));
    if (now === undefined || freeDiskOf(now) === null) return false;
    const { upper, lower } = now;
    records.exchanges.put(upper.id, { id: upper.id, onto: lower.id });
    files.exchange(upper.file, copy);
    note({ upper, lower: lower.id });
    shelf.collect();
    return true;
  };
  const merge = async (wanted: Merge<LayerRecord>, disk: DiskRecord, task: TaskLike): Promise<void> => {
    const { upper, between, lower } = wanted;
    const work = sharesOf(task, 'merging', between.reduce((sum, { file }) => sum + files.bytes(file), 0));
    const copy: ImageFile = { path: await files.copy(upper.file), format: upper.format };
    try {
      await qemuImg.rebase(copy, { name: lower.file, format: lower.format }, work);
      task.report({ phase: 'reading it again' });
      await refuseDifference(disk, wanted, copy, task.signal);
      await files.sync(copy.path);
      const done = exchange(wanted, copy.path);
      task.report({ phase: done ? `${between.length + 1} layers are one` : 'put off: the disk is in use' });
    } finally {
      files.removeTemporary(copy.path);
    }
  };

  return {
    begin() {
      if (over.signal.aborted) return;
      for (const wanted of possible()) {
        const disk = freeDiskOf(wanted);
        if (disk === null || atWork.has(disk.id)) continue;
        const { result } = tasks.run({ title: `Merge layers of ${disk.name}`, route: '/disks', unit: 'bytes', planned: null }, (task) => merge(wanted, disk, { ...task, signal: AbortSignal.any([task.signal, over.signal]) }));
        // The list of tasks tells of a failure.
        const ended = result.catch(() => undefined).finally(() => {
          atWork.delete(disk.id);
          onChange();
        });
        atWork.set(disk.id, ended);
      }
    },
    async recover() {
      for (const { id, onto } of records.exchanges.all()) {
        const [upper, lower] = [shelf.get(id), shelf.get(onto)];
        if (upper === undefined || lower === undefined) {
          records.exchanges.purge(id);
          continue;
        }
        // Where it cannot be looked at now, the next lab looks: until then nothing of the old chain is removed.
        const found = await qemuImg.info(shelf.image(upper)).catch(() => null);
        if (found?.backing === lower.file) note({ upper, lower: onto });
        else if (found !== null) records.exchanges.purge(id);
      }
    },
    async dispose() {
      over.abort(new DeclaredError('CANCELLED', { task: 'Merge layers' }));
      await Promise.all(atWork.values());
    },
  };
}
