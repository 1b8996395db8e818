import { randomBytes } from 'node:crypto';
import type { Disk } from '../../contract/disks.ts';
import { DeclaredError, type Failure } from '../../contract/errors.ts';
import { diskActs, type DiskAct } from '../../core/disks/diskActs.ts';
import { diskId } from '../../core/disks/diskNames.ts';
import type { LayerFiles } from '../../host/disks/layerFiles.ts';
import type { ImageFile, QemuImg } from '../../host/disks/qemuImg.ts';
import { fileBytes } from '../../host/disks/fileBytes.ts';
import { fileIdentity } from '../../host/disks/fileIdentity.ts';
import type { LayerShelf } from './layerShelf.ts';
import type { DiskRecord, DiskRecords } from './records.ts';
import type { Uses } from './uses.ts';

/** What everything that is done with disks stands on. */
export interface DiskTools {
  readonly records: DiskRecords;
  readonly files: LayerFiles;
  readonly qemuImg: QemuImg;
  readonly shelf: LayerShelf;
  readonly uses: Uses;
  readonly guestsOf: (disk: string) => Disk['guests'];
  /** Called after each change of what is told of disks. */
  readonly onChange: () => void;
}

/** The disks as the lab knows them. */
export interface DiskRoom {
  record(id: string): DiskRecord;
  records(): DiskRecord[];
  describe(record: DiskRecord): Disk;
  /** Its files, the newest first; what a program is given is the first. Throws DISK_DAMAGED when one is missing. */
  chain(record: DiskRecord): [ImageFile, ...ImageFile[]];
  clonesOf(id: string): DiskRecord[];
  /** Disks that are this very file, whatever they call it, and one of whose layers it is. */
  disksOfFile(path: string): DiskRecord[];
  /** Throws DISK_IN_USE, DISK_HAS_CLONES, and PATH_REFUSED for what may not be done with a file of the user's. */
  occupy(record: DiskRecord, act: DiskAct): () => void;
  newId(name: string): string;
}

/** What is possible with a file that is used where it is: Petri never writes to it but for its guest. */
const possibleOutside: readonly DiskAct[] = ['export', 'check', 'clone', 'digest', 'remove'];

export function createDiskRoom({ records, files, shelf, uses, guestsOf }: DiskTools): DiskRoom {
  const all = (): DiskRecord[] => records.disks.all();
  const clonesOf = (id: string): DiskRecord[] => all().filter(({ cloneOf }) => cloneOf === id);
  const disksOfFile = (path: string): DiskRecord[] => {
    const wanted = fileIdentity(path);
    const filesOf = ({ outside, newest }: DiskRecord): string[] => (outside !== null ? [outside.path] : shelf.chain(newest).map(({ file }) => files.path(file)));
    return wanted === null ? [] : all().filter((record) => filesOf(record).some((file) => fileIdentity(file) === wanted));
  };
  const chain = (record: DiskRecord): [ImageFile, ...ImageFile[]] => {
    const { outside } = record;
    if (outside !== null) return [{ path: outside.path, format: outside.format }];
    const layers = shelf.chain(record.newest);
    const missing = layers.filter(({ file }) => !files.exists(file)).map(({ file }) => `${file} is missing`);
    const broken = layers.at(-1)?.parent !== null ? ['the record of a layer is missing'] : [];
    const [first, ...rest] = layers.map((layer) => shelf.image(layer));
    if (first === undefined || missing.length + broken.length > 0) {
      throw new DeclaredError('DISK_DAMAGED', { disk: record.name, path: files.directory, output: [...missing, ...broken] });
    }
    return [first, ...rest];
  };
  const troubleOf = (record: DiskRecord): Failure | null => {
    try {
      const [first] = chain(record);
      return record.outside !== null && fileBytes(first.path) === null ? new DeclaredError('IMAGE_MISSING', { path: first.path }).failure : null;
    } catch (error) {
      if (error instanceof DeclaredError) return error.failure;
      throw error;
    }
  };

  return {
    records: all,
    clonesOf,
    disksOfFile,
    chain,
    newId: (name) => diskId(name, randomBytes(3).toString('hex')),
    record(id) {
      const found = records.disks.get(id);
      if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'disk', id });
      return found;
    },
    describe(record) {
      const { id, name, notes, outside, cloneOf, origin, createdAt } = record;
      const layers = shelf.chain(record.newest);
      const [newest] = layers;
      const own = layers.filter(({ disk }) => disk === id);
      return {
        id,
        name,
        format: outside?.format ?? newest?.format ?? 'qcow2',
        virtualBytes: outside?.virtualBytes ?? newest?.virtualBytes ?? 0,
        fileBytes: outside === null ? own.reduce((sum, { file }) => sum + files.bytes(file), 0) : (fileBytes(outside.path) ?? 0),
        path: outside?.path ?? (newest === undefined ? '' : files.path(newest.file)),
        outside: outside !== null,
        cloneOf,
        clones: clonesOf(id).map((clone) => clone.id),
        guests: guestsOf(id),
        origin,
        notes,
        createdAt,
        trouble: troubleOf(record),
      };
    },
    occupy(record, act) {
      const { words, alters } = diskActs[act];
      const { id, name, outside } = record;
      if (outside !== null && !possibleOutside.includes(act)) {
        throw new DeclaredError('PATH_REFUSED', { path: outside.path, reason: `${name} is a file of yours that is used where it is, so it cannot ${words}: make a full clone of it` });
      }
      const clones = alters ? clonesOf(id).map((clone) => clone.name) : [];
      if (clones.length > 0) throw new DeclaredError('DISK_HAS_CLONES', { disk: name, wanted: words, clones });
      return uses.occupy([record], act);
    },
  };
}
