import { z } from 'zod';
import { disk, diskFormat } from '../../contract/disks.ts';
import { digest, identifier, instant, keptName } from '../../contract/primitives.ts';
import { openCollection, type Collection, type Database } from '../../host/storage/collections.ts';
import { onDisk } from '../../host/storage/storageFailures.ts';

/**
 * One file of a disk's content. It is `making` from before its file exists until one write makes it part of a disk or
 * of a snapshot; what a dead lab left `making` is removed by the next.
 */
const layerRecord = z.object({
  id: identifier,
  /** The disk that it was made for. */
  disk: identifier,
  parent: identifier.nullable(),
  file: z.string(),
  format: z.enum(['qcow2', 'raw']),
  virtualBytes: z.number().int(),
  state: z.enum(['making', 'whole']),
  /** Of the content that is read through it; only of a layer that is frozen. */
  digest: digest.nullable(),
  createdAt: instant,
});
export type LayerRecord = z.infer<typeof layerRecord>;

const diskRecord = z.object({
  id: identifier,
  name: keptName,
  notes: z.string(),
  /** Null for a disk that is outside. */
  newest: identifier.nullable(),
  outside: z.object({ path: z.string(), format: diskFormat, virtualBytes: z.number().int() }).nullable(),
  cloneOf: identifier.nullable(),
  origin: disk.shape.origin,
  createdAt: instant,
});
export type DiskRecord = z.infer<typeof diskRecord>;

/** A file outside of the data directory that is being written: what is to be removed if this lab dies. */
const unfinishedFile = z.object({ id: identifier, path: z.string() });

/** A layer whose file is about to be exchanged for one that rests on `onto`: the file itself tells whether it was. */
const exchange = z.object({ id: identifier, onto: identifier });

export interface DiskRecords {
  readonly disks: Collection<DiskRecord>;
  readonly layers: Collection<LayerRecord>;
  readonly unfinished: Collection<z.infer<typeof unfinishedFile>>;
  readonly exchanges: Collection<z.infer<typeof exchange>>;
  /** All of it is written, or nothing. */
  atomically(write: () => void): void;
}

export function openDiskRecords(database: Database): DiskRecords {
  return {
    disks: openCollection(database, 'disks', diskRecord),
    layers: openCollection(database, 'layers', layerRecord),
    unfinished: openCollection(database, 'unfinishedFiles', unfinishedFile),
    exchanges: openCollection(database, 'layerExchanges', exchange),
    atomically: (write) => onDisk(database.name, database.transaction(write)),
  };
}
