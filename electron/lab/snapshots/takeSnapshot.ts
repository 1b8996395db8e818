import { DeclaredError } from '../../contract/errors.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { putLayers } from '../../host/snapshots/liveLayers.ts';
import { readMigration, saveMachine } from '../../host/snapshots/migration.ts';
import { removeFile } from '../../host/snapshots/removeFile.ts';
import type { TaskLike } from '../disks/progress.ts';
import type { LayerRecord } from '../disks/records.ts';
import type { Intent, SnapshotRecord } from './records.ts';
import type { KeptDisk, SnapshotRoom, SnapshotTools } from './room.ts';
import type { Settling } from './settle.ts';

export interface TakeSnapshot {
  readonly id: string;
  readonly guest: string;
  readonly name: string;
  readonly notes: string;
  readonly safety: boolean;
  /** Leaves a machine that ran standing still, because it is to end anyway. */
  readonly thenStop?: boolean;
}

interface Prepared {
  readonly disk: KeptDisk;
  readonly below: LayerRecord;
  readonly above: LayerRecord;
}

/** Takes a snapshot of a guest that the caller keeps. Throws SNAPSHOT_IMPOSSIBLE, DISK_IN_USE; then the guest is as it was. */
export type Taker = (wanted: TakeSnapshot, task: TaskLike) => Promise<SnapshotRecord>;

export function createTaker(tools: SnapshotTools, room: SnapshotRoom, settling: Settling): Taker {
  const { records, blobs, disks, guests, temporaryFile } = tools;
  const { shelf, qemuImg, files } = disks.tools;

  const prepareLayers = async (kept: readonly KeptDisk[]): Promise<Prepared[]> => {
    const made: Prepared[] = [];
    try {
      for (const disk of kept) {
        const below = room.newest(disk.id);
        made.push({ disk, below, above: await room.makeAbove(disk.id, below) });
      }
      return made;
    } catch (error) {
      shelf.discard(made.map(({ above }) => above));
      throw error;
    }
  };
  const recordOf = ({ id, guest, name, notes, safety }: TakeSnapshot, layers: readonly Prepared[], memory: SnapshotRecord['memory'], screenshot: string | null): SnapshotRecord => ({
    id,
    guest,
    name,
    notes,
    safety,
    lineage: room.lineageOf(guest),
    createdAt: new Date().toISOString(),
    memory,
    screenshot,
    disks: layers.map(({ disk, below }) => ({ disk: disk.id, layer: below.id, bytes: files.bytes(below.file) })),
    definition: guests.definition(guest),
  });
  const commit = (record: SnapshotRecord, layers: readonly Prepared[], intent: Intent | null): void =>
    shelf.commit(layers.map(({ above }) => above), () => {
      disks.flip(layers.map(({ disk, above }) => ({ disk: disk.id, layer: above.id })));
      records.snapshots.put(record.id, record);
      room.stand(record.guest, record);
      if (intent !== null) records.intents.put(intent.id, intent);
    });

  const takeStopped = async (wanted: TakeSnapshot, kept: readonly KeptDisk[]): Promise<SnapshotRecord> => {
    // Opening an image without sharing asks QEMU's locks: another program that writes to it is refused here.
    for (const { id } of kept) await qemuImg.info(shelf.image(room.newest(id))).catch((error: unknown) => { throw named(error, disks.get(id).name); });
    const layers = await prepareLayers(kept);
    const record = recordOf(wanted, layers, null, null);
    commit(record, layers, null);
    return record;
  };

  const pictureOf = async (guest: string): Promise<string | null> => {
    // A guest without a screen has no picture, and an older QEMU draws none: neither hinders the snapshot.
    return guests.screenshot(guest).then((png) => blobs.put(png), () => null);
  };
  const standStill = async ({ qmp }: Machine): Promise<void> => {
    // Saved before and not gone on since: QEMU refuses to save it again until it has run for a moment.
    if ((await readMigration(qmp)).status === 'completed' && (await isSaved(qmp))) await qmp.execute('cont');
    await qmp.execute('stop');
  };
  const takeRunning = async (wanted: TakeSnapshot, kept: readonly KeptDisk[], machine: Machine, task: TaskLike): Promise<SnapshotRecord> => {
    const { id, guest } = wanted;
    const wasRunning = guests.get(guest).runtime.state === 'running';
    const screenshot = await pictureOf(guest);
    const layers = await prepareLayers(kept);
    const intent: Intent = { kind: 'take', id, guest, snapshot: id, goesOn: wasRunning, layers: layers.map(({ disk, above }) => ({ disk: disk.id, layer: above.id })), committed: false };
    records.intents.put(id, intent);
    const file = temporaryFile();
    const door = room.memoryDoor(machine);
    try {
      await door.give(layers.map(({ above }) => files.path(above.file)));
      await standStill(machine);
      task.report({ phase: 'saving the memory' });
      const memory = await saveMachine(machine.qmp, door, file, task.signal);
      blobs.putHashedFile(file, memory.digest);
      task.report({ phase: 'freezing the disks' });
      await putLayers(machine.qmp, layers.map(({ disk, below, above }) => ({ drive: disk.drive, below: below.id, layer: above.id, path: files.path(above.file) })));
      const record = recordOf(wanted, layers, memory, screenshot);
      commit(record, layers, { ...intent, committed: true, goesOn: wasRunning && wanted.thenStop !== true });
      await settling.settle({ ...intent, committed: true, goesOn: wasRunning && wanted.thenStop !== true });
      return record;
    } catch (error) {
      removeFile(file);
      await settling.settleAfterFailure(id);
      throw error;
    }
  };

  return async (wanted, task) => {
    const { guest } = wanted;
    const obstacles = await room.obstacles(guest, wanted.safety);
    const definition = guests.definition(guest);
    if (obstacles.length > 0) throw new DeclaredError('SNAPSHOT_IMPOSSIBLE', { guest: definition.name, obstacles });
    const kept = room.disksOf(definition);
    const release = disks.occupy(kept.map(({ id }) => id), 'snapshot', guest);
    try {
      const machine = guests.machineOf(guest);
      const record = machine === undefined ? await takeStopped(wanted, kept) : await takeRunning(wanted, kept, machine, task);
      guests.note(guest, 'snapshot', record.name);
      return record;
    } finally {
      release();
    }
  };
}

async function isSaved(qmp: Machine['qmp']): Promise<boolean> {
  const answer = await qmp.execute('query-status');
  return typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'postmigrate';
}

/** The refusal names the disk as people know it. */
function named(error: unknown, disk: string): unknown {
  if (!(error instanceof DeclaredError) || error.code !== 'DISK_IN_USE') return error;
  const { by } = (error as DeclaredError<'DISK_IN_USE'>).details;
  return new DeclaredError('DISK_IN_USE', { disk, wanted: 'be snapshotted', by }, { cause: error });
}
