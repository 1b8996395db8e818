import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { GuestDefinition } from '../../contract/guests.ts';
import { DeclaredError, explain } from '../../contract/errors.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { lineageAfter } from '../../core/snapshots/lineage.ts';
import { snapshotObstacles } from '../../core/snapshots/obstacles.ts';
import { giveFiles } from '../../host/docker/givenFiles.ts';
import { readMigration, type MemoryDoor } from '../../host/snapshots/migration.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import type { DisksService } from '../disks/disks.ts';
import type { LayerRecord } from '../disks/records.ts';
import type { GuestsService } from '../guests/guests.ts';
import type { SnapshotRecord, SnapshotRecords } from './records.ts';

export interface SnapshotTools {
  readonly records: SnapshotRecords;
  readonly blobs: Blobs;
  readonly disks: DisksService;
  readonly guests: Pick<GuestsService, 'definition' | 'get' | 'list' | 'machineOf' | 'keep' | 'start' | 'kill' | 'update' | 'note' | 'screenshot' | 'onChange' | 'trash'>;
  /** Whether an engine's containers see the files of this host. */
  readonly isLocalEngine: (engine: string) => Promise<boolean>;
  /** A path in the data directory for a file that is not whole yet; a dead lab's are removed by the next. */
  readonly temporaryFile: () => string;
}

/** A disk that a snapshot keeps, with its place among the guest's drives. */
export interface KeptDisk {
  readonly id: string;
  readonly drive: number;
}

/** What taking, reverting and recovering have in common. */
export interface SnapshotRoom {
  record(id: string): SnapshotRecord;
  newId(): string;
  /** The disks that a guest may write to. */
  disksOf(definition: GuestDefinition): KeptDisk[];
  /** Why the guest cannot be snapshotted now. A safety snapshot may keep nothing, where there is nothing to keep. */
  obstacles(guest: string, safety?: boolean): Promise<string[]>;
  /** What the guest stands on, for what comes next. */
  lineageOf(guest: string): string[];
  stand(guest: string, on: SnapshotRecord): void;
  /** Where QEMU delivers and fetches memory: in the machine's own directory, which it sees wherever it runs. */
  memoryDoor(machine: Machine): MemoryDoor;
  /** An empty layer on another, for a disk. */
  makeAbove(disk: string, below: LayerRecord): Promise<LayerRecord>;
  newest(disk: string): LayerRecord;
}

export function createSnapshotRoom({ records, disks, guests, isLocalEngine }: SnapshotTools): SnapshotRoom {
  const { snapshots, standings } = records;
  const { shelf } = disks.tools;
  const disksOf = ({ disks: attached }: GuestDefinition): KeptDisk[] =>
    attached.flatMap(({ disk, readOnly }, drive) => (readOnly ? [] : [{ id: disk, drive }]));
  const blockersOf = async (machine: Machine | undefined): Promise<string[]> => {
    // A machine that does not answer says so when it is asked to do something.
    return machine === undefined ? [] : readMigration(machine.qmp).then(({ blockers }) => blockers, () => []);
  };

  return {
    disksOf,
    newId: () => `s${randomBytes(6).toString('hex')}`,
    record(id) {
      const found = snapshots.get(id);
      if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'snapshot', id });
      return found;
    },
    async obstacles(guest, safety = false) {
      const { definition, runtime } = guests.get(guest);
      const { name, place } = definition;
      const known = new Map(disks.list().map((disk) => [disk.id, disk]));
      const wanted = disksOf(definition).map(({ id }) => {
        const disk = known.get(id);
        if (disk === undefined) return { name: id, format: 'qcow2' as const, outside: false, trouble: `The disk ${id} is deleted: restore it, or take it out of the guest.`, usedBy: [] };
        const trouble = disk.trouble === null ? null : explain(disk.trouble).what;
        const usedBy = disks.borrowers(id).filter((other) => other.guest !== guest).map((other) => guests.list().find(({ definition: { id: found } }) => found === other.guest)?.definition.name ?? other.guest);
        return { name: disk.name, format: disk.format, outside: disk.outside, trouble, usedBy };
      });
      return snapshotObstacles({
        guest: name,
        state: runtime.state,
        isLocal: place.kind === 'qemu' || (await isLocalEngine(place.engine)),
        disks: wanted,
        mayBeEmpty: safety,
        blockers: await blockersOf(guests.machineOf(guest)),
      });
    },
    lineageOf(guest) {
      const standing = standings.get(guest);
      return standing === undefined ? [] : lineageAfter({ id: standing.current, lineage: standing.lineage });
    },
    stand: (guest, { id, lineage }) => standings.put(guest, { guest, current: id, lineage }),
    memoryDoor({ serialSockets, record }) {
      const directory = dirname(serialSockets[0] ?? '');
      return { socketPath: join(directory, 'memory'), give: async (paths) => (record.container === null ? undefined : giveFiles(directory, paths)) };
    },
    makeAbove: (disk, below) => shelf.make({ disk, parent: below.id, format: 'qcow2', virtualBytes: below.virtualBytes }),
    newest(disk) {
      const { newest } = disks.room.record(disk);
      const layer = newest === null ? undefined : shelf.get(newest);
      if (layer === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'layer', id: newest ?? disk });
      return layer;
    },
  };
}
