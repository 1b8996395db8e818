import { join } from 'node:path';
import type { Disk, DiskFormat } from '../../contract/disks.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import type { DiskAct } from '../../core/disks/diskActs.ts';
import { contentDigest } from '../../host/disks/contentDigest.ts';
import { openLayerFiles } from '../../host/disks/layerFiles.ts';
import { createQemuImg, type ImageFile } from '../../host/disks/qemuImg.ts';
import type { Database } from '../../host/storage/collections.ts';
import { createFeed, watch } from '../feed.ts';
import type { RunningTask, TasksService } from '../tasks/tasks.ts';
import { createDiskRoom } from './diskRoom.ts';
import { createLayerShelf } from './layerShelf.ts';
import { createDiskChanges } from './alterDisks.ts';
import { createExporter } from './exportDisk.ts';
import { createLayerMerger } from './mergeLayers.ts';
import { createDiskMaker, type ImportedFile } from './makeDisks.ts';
import { openDiskRecords, type DiskRecord } from './records.ts';
import { createUses, type Borrower } from './uses.ts';

export interface DisksDependencies {
  readonly database: Database;
  /** The directory of the lab's data. */
  readonly dataDirectory: string;
  readonly tasks: TasksService;
  /** The file of an image of the library. */
  readonly libraryPath: (digest: string) => string;
  /** Guests that have a disk; they are a noun further right. */
  readonly guestsOf: (disk: string) => Disk['guests'];
  readonly nameOfGuest: (id: string) => string;
  readonly snapshotLayers: () => readonly string[] | null;
  readonly qemuSearchPath?: string;
}

/** The disks of a lab; see the contract for what each act promises and refuses. */
export type DisksService = ReturnType<typeof createDisks>;

const ROUTE = '/disks';

export function createDisks(dependencies: DisksDependencies) {
  const { database, dataDirectory, tasks, libraryPath, guestsOf, nameOfGuest, snapshotLayers, qemuSearchPath } = dependencies;
  const feed = createFeed<{ disks: Disk[] }>({ newestOnly: true });
  const records = openDiskRecords(database);
  const files = openLayerFiles(join(dataDirectory, 'disks'));
  const qemuImg = createQemuImg(qemuSearchPath);
  const shelf = createLayerShelf({ records, files, qemuImg, snapshotLayers });
  const uses = createUses(nameOfGuest);
  const onChange = (): void => feed.publish({ disks: list() });
  const tools = { records, files, qemuImg, shelf, uses, guestsOf, onChange };
  const room = createDiskRoom(tools);
  const maker = createDiskMaker(tools, room);
  const changes = createDiskChanges(tools, room);
  const exporter = createExporter(tools, room);
  const merger = createLayerMerger(tools, tasks);
  /** Keeps a disk for one act, and answers the disk as it is afterwards. */
  const during = async <Result>(id: string, act: DiskAct, work: (record: DiskRecord) => Promise<Result>): Promise<Result> => {
    const record = room.record(id);
    const release = room.occupy(record, act);
    try {
      return await work(record);
    } finally {
      release();
    }
  };
  /** The same as a task; what stands in the way is thrown at once. */
  const begin = (record: DiskRecord, act: DiskAct, title: string, work: (task: RunningTask) => Promise<unknown>): { task: string } => {
    const release = room.occupy(record, act);
    const { id, result } = tasks.run({ title, route: ROUTE, unit: 'bytes', planned: null }, (task) => work(task).finally(release));
    // The list of tasks tells of a failure.
    result.catch(() => undefined);
    return { task: id };
  };
  const list = (): Disk[] => room.records().map(room.describe);
  const get = (id: string): Disk => room.describe(room.record(id));

  return {
    list,
    get,
    /** For the snapshots, which put layers on disks of their own. */
    room,
    tools,
    borrowers: uses.borrowers,
    /** Keeps disks for one act of a guest's. Throws DISK_IN_USE. */
    occupy: (ids: readonly string[], act: DiskAct, guest: string): (() => void) => uses.occupy(ids.map(room.record), act, guest),
    /** Makes layers the newest of their disks; to be called while they are being committed. */
    flip(layers: readonly { readonly disk: string; readonly layer: string }[]): void {
      for (const { disk, layer } of layers) records.disks.put(disk, { ...room.record(disk), newest: layer });
    },
    onChange,
    create: async (name: string, bytes: number): Promise<Disk> => room.describe(await maker.create(name, bytes)),
    /** Copies a file into a new disk, inside a task of the caller. Throws what `inspectDiskFile` throws, and SPACE_TOO_SMALL. */
    importFile: async (file: ImportedFile, task: RunningTask): Promise<Disk> => room.describe(await maker.importFile(file, task)),
    /** Uses a file of the user's where it is. Throws what `inspectDiskFile` throws. */
    useOutside: async (name: string, path: string): Promise<Disk> => room.describe(await maker.useOutside(room.newId(name), name, path)),
    import(name: string, source: { path: string } | { digest: string }, inPlace: boolean): { task: string; disk: string } {
      const path = 'path' in source ? source.path : libraryPath(source.digest);
      const id = room.newId(name);
      const origin: Disk['origin'] = { how: 'imported', source: path, digest: 'digest' in source ? source.digest : null };
      const { id: task, result } = tasks.run({ title: `Import ${name}`, route: ROUTE, unit: 'bytes', planned: null }, (running) =>
        inPlace ? maker.useOutside(id, name, path) : maker.importFile({ id, name, path, origin }, running),
      );
      // The list of tasks tells of a failure.
      result.catch(() => undefined);
      return { task, disk: id };
    },
    clone(id: string, name: string, kind: 'linked' | 'full'): { task: string; disk: string } {
      const source = room.record(id);
      if (kind === 'linked' && source.outside !== null) {
        throw new DeclaredError('PATH_REFUSED', { path: source.outside.path, reason: `${source.name} is a file of yours that may change, so nothing can rest on it: make a full clone` });
      }
      const clone = room.newId(name);
      const task = begin(source, 'clone', `Clone ${source.name}`, (running) => (kind === 'linked' ? maker.cloneLinked(source, clone, name) : maker.cloneFull(source, clone, name, running)));
      return { ...task, disk: clone };
    },
    async export(id: string, path: string, format: DiskFormat): Promise<{ task: string }> {
      const record = room.record(id);
      const target = await exporter.prepare(path);
      return begin(record, 'export', `Export ${record.name}`, (task) => exporter.write(record, target, format, task));
    },
    rename(id: string, name: string, notes?: string): Disk {
      const record = room.record(id);
      records.disks.put(id, { ...record, name, notes: notes ?? record.notes });
      onChange();
      return get(id);
    },
    async resize(id: string, bytes: number, shrink: boolean): Promise<Disk> {
      await during(id, 'resize', (record) => changes.resize(record, bytes, shrink));
      return get(id);
    },
    compact(id: string): { task: string } {
      const record = room.record(id);
      return begin(record, 'compact', `Compact ${record.name}`, (task) => changes.compact(record, task));
    },
    convert(id: string, format: 'qcow2' | 'raw'): { task: string } {
      const record = room.record(id);
      return begin(record, 'convert', `Convert ${record.name} to ${format}`, (task) => changes.convert(record, format, task));
    },
    check: (id: string, signal?: AbortSignal) => during(id, 'check', (record) => changes.check(record, signal && { signal })),
    repair: (id: string) => during(id, 'repair', changes.repair),
    digest: (id: string, signal?: AbortSignal) => during(id, 'digest', (record) => contentDigest(qemuImg, room.chain(record), files.temporary, signal)),
    remove(id: string): void {
      const record = room.record(id);
      const holders = guestsOf(id).map(({ name }) => name);
      if (holders.length > 0) throw new DeclaredError('DISK_IN_USE', { disk: record.name, wanted: 'be deleted', by: holders, attached: true });
      room.occupy(record, 'remove')();
      records.disks.remove(id);
      onChange();
    },
    restore(id: string): Disk {
      if (records.disks.restore(id) === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'deleted disk', id });
      onChange();
      return get(id);
    },
    /** Forgets a disk that is in the trash, with all that nothing else rests on. */
    purge(id: string): void {
      if (!records.disks.trashed().some(({ value }) => value.id === id)) throw new DeclaredError('NOT_FOUND', { noun: 'deleted disk', id });
      records.disks.purge(id);
      shelf.collect(id);
      merger.begin();
      onChange();
    },
    trash: (): TrashedItem[] => records.disks.trashed().map(({ value: { id, name }, trashedAt }) => ({ id, name, trashedAt })),
    /** For a guest that is about to run, until `giveBack`. Throws DISK_IN_USE, DISK_DAMAGED, NOT_FOUND, IMAGE_MISSING. */
    lend(id: string, borrower: Borrower): { path: string; format: DiskFormat } {
      const record = room.record(id);
      const [image] = room.chain(record);
      // What was imported twice, or became the same file afterwards.
      const twins = record.outside === null ? [] : room.disksOfFile(image.path).filter((other) => other.id !== id);
      uses.lend(record, borrower, twins.map((twin) => twin.id));
      return image;
    },
    giveBack(id: string, guest: string): void {
      // After a measured boot, which only reads, the next may follow: nothing is begun beside that.
      if (uses.giveBack(id, guest)?.readOnly === false) merger.begin();
      onChange();
    },
    /** A throw-away layer on top of a disk: what is written to it never reaches the disk. `remove` it at the end. */
    async overlay(id: string): Promise<ImageFile & { remove(): void }> {
      const record = room.record(id);
      const [below] = room.chain(record);
      const image: ImageFile = { path: files.temporary(), format: 'qcow2' };
      await qemuImg.create(image, room.describe(record).virtualBytes, { name: below.path, format: below.format });
      return { ...image, remove: () => files.removeTemporary(image.path) };
    },
    /** To be called once, before anything else: ends and removes what a dead lab left unfinished. */
    async recover(): Promise<void> {
      const unfinished = records.layers.all().filter(({ state }) => state === 'making');
      await files.sweep(unfinished.map(({ file }) => file));
      shelf.discard(unfinished);
      await exporter.recover();
      await merger.recover();
      shelf.collect();
    },
    /** Begins to merge layers that nothing refers to any more, where nobody uses the disk. */
    mergeLayers: () => merger.begin(),
    watch: (signal?: AbortSignal) => watch(feed, () => ({ disks: list() }), signal),
    async dispose(): Promise<void> {
      await merger.dispose();
      feed.close();
    },
  };
}
