import type { Machine, Qmp } from '../../core/guests/machine.ts';
import { withinTime } from '../../host/process/withinTime.ts';
import { dropLayers, layersInUse } from '../../host/snapshots/liveLayers.ts';
import { readMigration } from '../../host/snapshots/migration.ts';
import type { LayerRecord } from '../disks/records.ts';
import { describeError, type Log } from '../log.ts';
import type { Intent } from './records.ts';
import type { SnapshotTools } from './room.ts';

/** A process that was killed is gone within moments, unless the host swaps. */
const ENDING_MS = 10_000;

type Taking = Extract<Intent, { kind: 'take' }>;

/** Brings what was begun to an end, whoever began it: this lab, or one that died. */
export interface Settling {
  /** Finishes or undoes a snapshot that was being taken: the records say what is true, and the guest goes on if it shall. */
  settle(intent: Taking): Promise<void>;
  /** The same after a failure, which is told anyway: one more is only logged. */
  settleAfterFailure(id: string): Promise<void>;
}

export function createSettling({ records, disks, guests }: SnapshotTools, log: Log): Settling {
  const { intents } = records;
  const { shelf } = disks.tools;

  /** QEMU writes to the new layers, or it does not; a machine that is gone has written to none of them. */
  const undo = async ({ id, layers }: Taking, qmp: Qmp | undefined): Promise<void> => {
    const used = qmp === undefined ? new Set<string>() : await layersInUse(qmp);
    const made = layers.flatMap(({ disk, layer }): { disk: string; layer: LayerRecord }[] => {
      const record = shelf.get(layer);
      return record === undefined ? [] : [{ disk, layer: record }];
    });
    const kept = made.filter(({ layer }) => used.has(layer.id));
    const unused = made.filter(({ layer }) => !used.has(layer.id)).map(({ layer }) => layer);
    if (qmp !== undefined) await dropLayers(qmp, unused.map(({ id: layer }) => layer));
    shelf.commit(kept.map(({ layer }) => layer), () => {
      disks.flip(kept.map(({ disk, layer }) => ({ disk, layer: layer.id })));
      const intent = intents.get(id);
      if (intent?.kind === 'take') intents.put(id, { ...intent, layers: [] });
    });
    shelf.discard(unused);
  };
  const goOn = async ({ goesOn }: Taking, machine: Machine): Promise<void> => {
    // A delivery that nobody takes any more would only fail by itself later.
    if ((await readMigration(machine.qmp)).status === 'active') await machine.qmp.execute('migrate_cancel');
    if (goesOn) await machine.resume();
  };
  const settle = async (intent: Taking, machine: Machine | undefined): Promise<void> => {
    if (!intent.committed) await undo(intent, machine?.qmp);
    if (machine !== undefined) await goOn(intent, machine);
    intents.purge(intent.id);
  };

  return {
    settle: (intent) => settle(intent, guests.machineOf(intent.guest)),
    async settleAfterFailure(id) {
      const intent = intents.get(id);
      if (intent?.kind !== 'take') return;
      const machine = guests.machineOf(intent.guest);
      try {
        await settle(intent, machine);
      } catch (error) {
        log({ level: 'warn', noun: 'snapshots', message: `a snapshot of ${intent.guest} was cut off`, details: describeError(error) });
        // QEMU hung up: it is ending, and what ends has written to none of the new layers. Else the next lab settles it.
        if ((await withinTime(machine?.ended, ENDING_MS)) !== 'late') await settle(intent, undefined);
      }
    },
  };
}
