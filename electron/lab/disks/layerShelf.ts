import { randomBytes } from 'node:crypto';
import { chainOf, unneededLayers } from '../../core/disks/layers.ts';
import type { LayerFiles } from '../../host/disks/layerFiles.ts';
import type { ImageFile, QemuImg } from '../../host/disks/qemuImg.ts';
import type { DiskRecord, DiskRecords, LayerRecord } from './records.ts';

/** What a new layer shall be. */
export interface NewLayer {
  readonly disk: string;
  readonly parent: string | null;
  readonly format: 'qcow2' | 'raw';
  readonly virtualBytes: number;
}

/** The files of all disks with their records, and what rests on what. */
export interface LayerShelf {
  get(id: string): LayerRecord | undefined;
  /** The layer and what it rests on, down to its base. */
  chain(id: string | null): LayerRecord[];
  image(layer: LayerRecord): ImageFile;
  /**
   * Makes a file and its record, which is not part of anything yet: `commit` makes it so. Without `write` it is empty.
   * When that fails nothing is left.
   */
  make(layer: NewLayer, write?: (partial: ImageFile) => Promise<void>): Promise<LayerRecord>;
  /**
   * In one write to the database: these layers are whole, and whatever `write` does. Then their parents are frozen and
   * what nothing rests on any more is removed.
   */
  commit(layers: readonly LayerRecord[], write: () => void): void;
  /** Forgets layers that were made and never committed. */
  discard(layers: readonly LayerRecord[]): void;
  /**
   * Forgets every layer that no disk and no snapshot rests on, in the trash or not. The files of known disks, and of the
   * one that is `purged`, are removed; those of others are put aside for a week: their records may have been lost.
   */
  collect(purged?: string): void;
  /** Lets `read` open the files of a chain: while it does, none of them is exchanged or merged. */
  reading<Result>(id: string, read: (chain: readonly LayerRecord[]) => Promise<Result>): Promise<Result>;
  isRead(id: string): boolean;
  /** What rests directly on layers: disks and snapshots, in the trash or not. Null when a record cannot be read. */
  roots(): string[] | null;
}

export interface LayerShelfDependencies {
  readonly records: DiskRecords;
  readonly files: LayerFiles;
  readonly qemuImg: QemuImg;
  /** Layers that snapshots rest on, or null when that is not known; the snapshots are a noun further right. */
  readonly snapshotLayers: () => readonly string[] | null;
}

export function createLayerShelf({ records, files, qemuImg, snapshotLayers }: LayerShelfDependencies): LayerShelf {
  const { layers, disks } = records;
  const all = (): Map<string, LayerRecord> => new Map(layers.all().map((layer) => [layer.id, layer]));
  const image = ({ file, format }: LayerRecord): ImageFile => ({ path: files.path(file), format });
  const known = (): DiskRecord[] => [...disks.all(), ...disks.trashed().map(({ value }) => value)];
  const roots = (): string[] | null => {
    const below = snapshotLayers();
    if (below === null || disks.invalid().length + layers.invalid().length > 0) return null;
    return [...known().flatMap(({ newest }) => (newest === null ? [] : [newest])), ...below];
  };
  const discard = (unwanted: readonly LayerRecord[]): void => {
    for (const { id, file } of unwanted) {
      files.remove(file);
      layers.purge(id);
    }
  };
  const collect = (purged?: string): void => {
    const rooted = roots();
    if (rooted === null) return;
    const whole = new Map([...all()].filter(([, { state }]) => state === 'whole'));
    const unneeded = unneededLayers(whole, rooted);
    if (unneeded.length === 0) return;
    const owners = new Set([...known().map(({ id }) => id), purged]);
    const [removed, strange] = [unneeded.filter(({ disk }) => owners.has(disk)), unneeded.filter(({ disk }) => !owners.has(disk))];
    for (const { file } of strange) if (files.exists(file)) files.putAside(file, 'removed');
    // First the records say that the files are to go, so that a lab that dies in between leaves none behind.
    records.atomically(() => {
      for (const { id } of strange) layers.purge(id);
      for (const layer of removed) layers.put(layer.id, { ...layer, state: 'making' });
    });
    discard(removed);
  };

  const readers = new Map<string, number>();
  const countReader = (chain: readonly LayerRecord[], by: 1 | -1): void => {
    for (const { id } of chain) readers.set(id, (readers.get(id) ?? 0) + by);
  };

  return {
    isRead: (id) => (readers.get(id) ?? 0) > 0,
    async reading(id, read) {
      const chain = chainOf(all(), id);
      countReader(chain, 1);
      try {
        return await read(chain);
      } finally {
        countReader(chain, -1);
      }
    },
    get: (id) => layers.get(id),
    chain: (id) => chainOf(all(), id),
    image,
    roots,
    discard,
    collect,
    async make(wanted, write) {
      const id = `l${randomBytes(6).toString('hex')}`;
      const layer: LayerRecord = { ...wanted, id, file: `${id}.${wanted.format}`, state: 'making', digest: null, createdAt: new Date().toISOString() };
      const parent = wanted.parent === null ? undefined : layers.get(wanted.parent);
      layers.put(id, layer);
      try {
        await files.make(layer.file, async (partial) => {
          const target: ImageFile = { path: partial, format: wanted.format };
          if (write === undefined) await qemuImg.create(target, wanted.virtualBytes, parent && { name: parent.file, format: parent.format });
          else await write(target);
        });
        return layer;
      } catch (error) {
        discard([layer]);
        throw error;
      }
    },
    commit(made, write) {
      records.atomically(() => {
        for (const layer of made) layers.put(layer.id, { ...layer, state: 'whole' });
        write();
      });
      for (const { parent } of made) {
        const below = parent === null ? undefined : layers.get(parent);
        if (below !== undefined) files.freeze(below.file);
      }
      collect();
    },
  };
}
