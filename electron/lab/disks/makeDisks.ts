import type { Disk } from '../../contract/disks.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { inspectDiskFile } from '../../host/disks/inspectDiskFile.ts';
import type { ImageFile, Work } from '../../host/disks/qemuImg.ts';
import { digestOfFile } from '../../host/storage/blobs.ts';
import { availableBytes } from '../../host/storage/storageFailures.ts';
import { sharesOf, type TaskLike } from './progress.ts';
import type { DiskRoom, DiskTools } from './diskRoom.ts';
import type { DiskRecord, LayerRecord } from './records.ts';

export interface ImportedFile {
  /** A disk's id that was chosen before, for callers that tell it at once. */
  readonly id?: string;
  readonly name: string;
  readonly path: string;
  readonly origin: Disk['origin'];
}

/** Ways in which disks come to be. */
export interface DiskMaker {
  create(name: string, bytes: number): Promise<DiskRecord>;
  /** Copies a file, whatever its format, into one qcow2 layer. The source is looked at first; see `inspectDiskFile`. */
  importFile(file: ImportedFile, task: TaskLike): Promise<DiskRecord>;
  /** The file stays where it is, and is the disk. Throws PATH_REFUSED for a file that is one already. */
  useOutside(id: string, name: string, path: string): Promise<DiskRecord>;
  /** Two new layers on the newest one: one for the disk itself, one for its clone. */
  cloneLinked(source: DiskRecord, id: string, name: string): Promise<DiskRecord>;
  cloneFull(source: DiskRecord, id: string, name: string, task: TaskLike): Promise<DiskRecord>;
}

/** Throws SPACE_TOO_SMALL when a copy of an image would not fit. */
export async function refuseWithoutSpace({ qemuImg }: Pick<DiskTools, 'qemuImg'>, source: ImageFile, target: string, format: Disk['format']): Promise<number> {
  const neededBytes = await qemuImg.measure(source, format);
  const available = availableBytes(target);
  if (available !== null && available < neededBytes) throw new DeclaredError('SPACE_TOO_SMALL', { path: target, neededBytes, availableBytes: available });
  return neededBytes;
}

export function createDiskMaker(tools: DiskTools, room: DiskRoom): DiskMaker {
  const { records, files, qemuImg, shelf, onChange } = tools;
  const begin = (id: string, name: string, origin: Disk['origin']): DiskRecord => ({
    id,
    name,
    notes: '',
    newest: null,
    outside: null,
    cloneOf: null,
    origin,
    createdAt: new Date().toISOString(),
  });
  const add = (record: DiskRecord, layers: readonly LayerRecord[], also: () => void = () => undefined): DiskRecord => {
    shelf.commit(layers, () => {
      records.disks.put(record.id, record);
      also();
    });
    onChange();
    return record;
  };
  const copy = async (source: ImageFile, record: DiskRecord, virtualBytes: number, work: Work): Promise<DiskRecord> => {
    const layer = await shelf.make({ disk: record.id, parent: null, format: 'qcow2', virtualBytes }, (partial) => qemuImg.convert(source, partial, work));
    return add({ ...record, newest: layer.id }, [layer]);
  };
  const wholeSource = async (path: string, name: string, work: Work): Promise<{ source: ImageFile; virtualBytes: number }> => {
    const { format } = await inspectDiskFile(path, name);
    const source: ImageFile = { path, format };
    const info = await qemuImg.info(source).catch((error: unknown) => {
      throw damagedUnless(error, name, path);
    });
    if (info.backing !== null) throw new DeclaredError('DISK_BACKED_OUTSIDE', { path, backing: info.backing });
    const { corruptions, checkErrors, output } = await qemuImg.check(source, work);
    if (corruptions + checkErrors > 0) throw new DeclaredError('DISK_DAMAGED', { disk: name, path, output });
    return { source, virtualBytes: info.virtualBytes };
  };

  return {
    async create(name, bytes) {
      const record = begin(room.newId(name), name, { how: 'created', source: null, digest: null });
      const layer = await shelf.make({ disk: record.id, parent: null, format: 'qcow2', virtualBytes: bytes });
      return add({ ...record, newest: layer.id }, [layer]);
    },
    async importFile({ id, name, path, origin }, task) {
      task.report({ phase: 'looking at the file' });
      const work: Work = { signal: task.signal };
      const { source, virtualBytes } = await wholeSource(path, name, work);
      const needed = await refuseWithoutSpace(tools, source, files.directory, 'qcow2');
      task.report({ phase: 'reading it for its digest' });
      const digest = origin.digest ?? (await digestOfFile(path, task.signal));
      return copy(source, begin(id ?? room.newId(name), name, { ...origin, digest }), virtualBytes, sharesOf(task, 'copying', needed));
    },
    async useOutside(id, name, path) {
      const { source, virtualBytes } = await wholeSource(path, name, {});
      const [same] = room.disksOfFile(path);
      if (same !== undefined) throw new DeclaredError('PATH_REFUSED', { path, reason: `this file is the disk ${JSON.stringify(same.name)} already, and two disks in one file destroy each other` });
      const record = begin(id, name, { how: 'imported', source: path, digest: null });
      return add({ ...record, outside: { ...source, virtualBytes } }, []);
    },
    async cloneLinked(source, id, name) {
      const [base] = shelf.chain(source.newest);
      if (base === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'layer', id: source.newest ?? source.id });
      const above = { parent: base.id, format: 'qcow2', virtualBytes: base.virtualBytes } as const;
      const own = await shelf.make({ ...above, disk: source.id });
      const clones = await shelf.make({ ...above, disk: id });
      const record: DiskRecord = { ...begin(id, name, { how: 'cloned', source: source.name, digest: null }), newest: clones.id, cloneOf: source.id };
      return add(record, [own, clones], () => records.disks.put(source.id, { ...room.record(source.id), newest: own.id }));
    },
    async cloneFull(source, id, name, task) {
      const [image] = room.chain(source);
      const { virtualBytes } = room.describe(source);
      const needed = await refuseWithoutSpace(tools, image, files.directory, 'qcow2');
      return copy(image, begin(id, name, { how: 'cloned', source: source.name, digest: null }), virtualBytes, sharesOf(task, 'copying', needed));
    },
  };
}

/** qemu-img could not even open it, and nobody else holds it: then it is the file that is wrong. */
function damagedUnless(error: unknown, disk: string, path: string): unknown {
  if (!(error instanceof DeclaredError) || error.code !== 'PROCESS_FAILED') return error;
  const { stderrTail } = (error as DeclaredError<'PROCESS_FAILED'>).details;
  return new DeclaredError('DISK_DAMAGED', { disk, path, output: stderrTail.split('\n').filter((line) => line.trim() !== '') }, { cause: error });
}
