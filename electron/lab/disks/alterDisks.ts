import type { DiskCheck } from '../../contract/disks.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { isShared } from '../../core/disks/layers.ts';
import type { ImageFile, Work } from '../../host/disks/qemuImg.ts';
import type { DiskRoom, DiskTools } from './diskRoom.ts';
import { refuseWithoutSpace } from './makeDisks.ts';
import { sharesOf, type TaskLike } from './progress.ts';
import type { DiskRecord, LayerRecord } from './records.ts';

/**
 * Changes to a disk. None of them writes to a file that is there: each makes a new layer, and one write to the database
 * makes it the newest. So there is the old disk or the new one, whenever the lab dies.
 */
export interface DiskChanges {
  resize(record: DiskRecord, bytes: number, shrink: boolean): Promise<void>;
  compact(record: DiskRecord, task: TaskLike): Promise<void>;
  convert(record: DiskRecord, format: 'qcow2' | 'raw', task: TaskLike): Promise<void>;
  check(record: DiskRecord, work?: Work): Promise<DiskCheck>;
  repair(record: DiskRecord): Promise<{ before: DiskCheck; after: DiskCheck; kept: string }>;
}

export function createDiskChanges(tools: DiskTools, room: DiskRoom): DiskChanges {
  const { records, files, qemuImg, shelf, onChange } = tools;
  const flip = (id: string, layer: LayerRecord): void => {
    shelf.commit([layer], () => {
      const record = room.record(id);
      // What rests on nothing is nobody's clone any more.
      records.disks.put(id, { ...record, newest: layer.id, cloneOf: layer.parent === null ? null : record.cloneOf });
    });
    onChange();
  };
  const newestOf = ({ newest, id }: DiskRecord): LayerRecord => {
    const layer = newest === null ? undefined : shelf.get(newest);
    if (layer === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'layer', id: newest ?? id });
    return layer;
  };
  const flatten = async (record: DiskRecord, format: 'qcow2' | 'raw', task: TaskLike, phase: string): Promise<void> => {
    const { id } = record;
    const [source] = room.chain(record);
    const { virtualBytes } = newestOf(record);
    const needed = await refuseWithoutSpace(tools, source, files.directory, format);
    const work = sharesOf(task, phase, needed);
    flip(id, await shelf.make({ disk: id, parent: null, format, virtualBytes }, (partial) => qemuImg.convert(source, partial, work)));
  };
  /** Whether anything else rests on what is below a layer; if nothing does, the whole chain may become one file. */
  const sharesBelow = ({ id, parent }: LayerRecord): boolean => {
    const roots = shelf.roots();
    if (parent === null) return false;
    return roots === null || isShared(new Map(records.layers.all().map((layer) => [layer.id, layer])), parent, roots, id);
  };
  const check = async (record: DiskRecord, work?: Work): Promise<DiskCheck> => {
    const results: DiskCheck[] = [];
    for (const image of room.chain(record)) results.push(await qemuImg.check(image, work));
    return sum(results);
  };
  const repairLayer = async (layer: LayerRecord): Promise<string> => {
    const repaired = await files.copy(layer.file);
    try {
      await qemuImg.check({ path: repaired, format: layer.format }, {}, true);
      return files.replace(layer.file, repaired);
    } catch (error) {
      files.removeTemporary(repaired);
      throw error;
    }
  };

  return {
    async resize(record, bytes, shrink) {
      const newest = newestOf(record);
      const { virtualBytes, format } = newest;
      if (bytes === virtualBytes) return;
      if (bytes < virtualBytes && !shrink) throw new DeclaredError('DISK_SHRINK_REFUSED', { disk: record.name, bytes: virtualBytes, wanted: bytes });
      const [source] = room.chain(record);
      if (format === 'qcow2') {
        flip(record.id, await shelf.make({ disk: record.id, parent: newest.id, format, virtualBytes: bytes }));
        return;
      }
      await refuseWithoutSpace(tools, source, files.directory, 'raw');
      const copy = async (partial: ImageFile): Promise<void> => {
        await qemuImg.convert(source, partial, {});
        await qemuImg.resize(partial, bytes);
      };
      flip(record.id, await shelf.make({ disk: record.id, parent: null, format, virtualBytes: bytes }, copy));
    },
    async compact(record, task) {
      const newest = newestOf(record);
      const below = newest.parent === null ? undefined : shelf.get(newest.parent);
      if (newest.format === 'raw' || below === undefined || !sharesBelow(newest)) return flatten(record, newest.format, task, 'rewriting');
      const [source] = room.chain(record);
      const work = sharesOf(task, 'rewriting the newest layer', files.bytes(newest.file));
      const rewrite = (partial: ImageFile): Promise<void> => qemuImg.convert(source, partial, work, { name: below.file, format: below.format });
      flip(record.id, await shelf.make({ disk: record.id, parent: below.id, format: 'qcow2', virtualBytes: newest.virtualBytes }, rewrite));
    },
    convert: (record, format, task) => flatten(record, format, task, `converting to ${format}`),
    check,
    async repair(record) {
      const layers = shelf.chain(record.newest);
      const before = await check(record);
      const kept: string[] = [];
      for (const layer of layers.filter(({ disk }) => disk === record.id)) {
        if (!(await qemuImg.check(shelf.image(layer))).clean) kept.push(await repairLayer(layer));
      }
      // What is read through a repaired layer may be another content now.
      if (kept.length > 0) for (const layer of records.layers.all()) if (layers.some(({ id }) => id === layer.id)) records.layers.put(layer.id, { ...layer, digest: null });
      onChange();
      return { before, after: kept.length === 0 ? before : await check(record), kept: kept.join(', ') };
    },
  };
}

function sum(results: readonly DiskCheck[]): DiskCheck {
  const total = (of: (result: DiskCheck) => number): number => results.reduce((all, result) => all + of(result), 0);
  return {
    clean: results.every(({ clean }) => clean),
    leaks: total(({ leaks }) => leaks),
    corruptions: total(({ corruptions }) => corruptions),
    checkErrors: total(({ checkErrors }) => checkErrors),
    output: results.flatMap(({ output }) => output),
  };
}
