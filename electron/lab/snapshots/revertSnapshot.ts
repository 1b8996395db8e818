import type { GuestDefinition } from '../../contract/guests.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { loadMachine } from '../../host/snapshots/migration.ts';
import type { TaskLike } from '../disks/progress.ts';
import type { LayerRecord } from '../disks/records.ts';
import type { Intent, SnapshotRecord } from './records.ts';
import type { SnapshotRoom, SnapshotTools } from './room.ts';
import type { Taker } from './takeSnapshot.ts';

type Reverting = Extract<Intent, { kind: 'revert' }>;

export interface Reverter {
  /** Throws SNAPSHOT_IMPOSSIBLE for what would stand in the way, before anything is done. */
  refuse(record: SnapshotRecord): Promise<void>;
  /** Takes the safety snapshot and goes back. The caller keeps the guest. */
  revert(record: SnapshotRecord, safety: string, task: TaskLike): Promise<void>;
  /** What a dead lab had begun: answers what is still to be done by `finish`, or null when nothing is. */
  settle(intent: Reverting): Promise<Reverting | null>;
  finish(intent: Reverting, task: TaskLike): Promise<void>;
}

/** The parts of a definition that the memory of a machine fits. */
const machineParts = ['architecture', 'machine', 'boot', 'accelerator', 'disks', 'medium', 'bootFrom', 'serialPorts', 'display', 'network', 'share', 'place'] as const satisfies readonly (keyof GuestDefinition)[];

export function createReverter(tools: SnapshotTools, room: SnapshotRoom, take: Taker): Reverter {
  const { records, blobs, disks, guests } = tools;
  const { shelf } = disks.tools;
  const { intents, snapshots, standings } = records;

  const missingDisks = ({ disks: kept }: SnapshotRecord): string[] => {
    const known = new Set(disks.room.records().map(({ id }) => id));
    return kept.filter(({ disk }) => !known.has(disk)).map(({ disk }) => `The disk ${disk} of that snapshot is deleted: restore it first.`);
  };
  /** New empty layers on those of the snapshot, and one write that makes the guest stand there. */
  const flip = async (record: SnapshotRecord): Promise<void> => {
    const release = disks.occupy(record.disks.map(({ disk }) => disk), 'revert', record.guest);
    const made: { disk: string; layer: LayerRecord }[] = [];
    try {
      for (const { disk, layer } of record.disks) {
        const below = shelf.get(layer);
        if (below === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'layer', id: layer });
        made.push({ disk, layer: await room.makeAbove(disk, below) });
      }
      shelf.commit(made.map(({ layer }) => layer), () => {
        disks.flip(made.map(({ disk, layer }) => ({ disk, layer: layer.id })));
        room.stand(record.guest, record);
      });
    } catch (error) {
      shelf.discard(made.map(({ layer }) => layer).filter(({ id }) => shelf.get(id)?.state === 'making'));
      throw error;
    } finally {
      release();
    }
  };
  const restoreMachine = async ({ guest, definition }: SnapshotRecord): Promise<void> => {
    const now = guests.definition(guest);
    const isSame = machineParts.every((part) => JSON.stringify(now[part]) === JSON.stringify(definition[part]));
    if (!isSame) await guests.update(guest, Object.fromEntries(machineParts.map((part) => [part, definition[part]])));
  };
  const run = async (record: SnapshotRecord, intent: string): Promise<void> => {
    const { guest, memory } = record;
    if (memory === null) return;
    await restoreMachine(record);
    await guests.start(guest, {
      loadState: async (machine) => {
        await loadMachine(machine.qmp, room.memoryDoor(machine), blobs.path(memory.digest), memory.digest);
        // From here on the guest's own writes count: nobody may take it back once more.
        intents.purge(intent);
      },
    });
  };
  const goBack = async (record: SnapshotRecord, intent: Reverting, task: TaskLike): Promise<void> => {
    task.report({ phase: 'taking the disks back' });
    await flip(record);
    disks.onChange();
    if (record.memory !== null) task.report({ phase: 'bringing the memory back' });
    await run(record, intent.id);
    guests.note(record.guest, 'reverted', record.name);
  };

  return {
    async refuse(record) {
      const obstacles = [...missingDisks(record), ...(await room.obstacles(record.guest, true))];
      if (obstacles.length > 0) throw new DeclaredError('SNAPSHOT_IMPOSSIBLE', { guest: guests.definition(record.guest).name, obstacles });
    },
    async revert(record, safety, task) {
      const { guest, name } = record;
      const wasRunning = guests.get(guest).runtime.state === 'running';
      const intent: Reverting = { kind: 'revert', id: `r${safety.slice(1)}`, guest, snapshot: record.id, safety, wasRunning };
      intents.put(intent.id, intent);
      try {
        task.report({ phase: 'taking a safety snapshot' });
        await take({ id: safety, guest, name: `Before going back to ${name}`.slice(0, 120).trim(), notes: '', safety: true, thenStop: true }, task);
        if (guests.machineOf(guest) !== undefined) await guests.kill(guest);
        await goBack(record, intent, task);
      } finally {
        intents.purge(intent.id);
      }
    },
    async settle(intent) {
      const { id, guest, safety, snapshot, wasRunning } = intent;
      const machine = guests.machineOf(guest);
      const isReached = standings.get(guest)?.current === snapshot;
      const mayFinish = snapshots.get(safety) !== undefined && snapshots.get(snapshot) !== undefined;
      if (machine === undefined && mayFinish) return intent;
      if (machine !== undefined && isReached) await machine.allowReboots();
      if (machine !== undefined && (isReached || wasRunning)) await machine.resume();
      intents.purge(id);
      return null;
    },
    async finish(intent, task) {
      try {
        await goBack(room.record(intent.snapshot), intent, task);
      } finally {
        intents.purge(intent.id);
      }
    },
  };
}
