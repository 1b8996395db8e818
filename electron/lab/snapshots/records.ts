import { z } from 'zod';
import { guestDefinition } from '../../contract/guests.ts';
import { digest, identifier, instant, keptName } from '../../contract/primitives.ts';
import { openCollection, type Collection, type Database } from '../../host/storage/collections.ts';

const lineage = z.array(identifier);

const snapshotRecord = z.object({
  id: identifier,
  guest: identifier,
  name: keptName,
  notes: z.string(),
  /** The snapshots before it, the oldest first; its parent is the newest of them that still is there. */
  lineage,
  safety: z.boolean(),
  createdAt: instant,
  memory: z.object({ digest, bytes: z.number().int() }).nullable(),
  screenshot: digest.nullable(),
  /** The frozen layers, and what each takes on the host. */
  disks: z.array(z.object({ disk: identifier, layer: identifier, bytes: z.number().int() })),
  /** The guest as it was: a machine's memory fits only the machine that it was in. */
  definition: guestDefinition,
});
export type SnapshotRecord = z.infer<typeof snapshotRecord>;

/** The snapshot that a guest stands on, with those before it. */
const standing = z.object({ guest: identifier, current: identifier, lineage });

/**
 * What is about to be done with a guest. It is written before the first step and forgotten after the last, so that the
 * next lab can finish or undo what this one did not.
 */
const intent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('take'),
    id: identifier,
    guest: identifier,
    snapshot: identifier,
    /** Whether the guest shall go on afterwards. */
    goesOn: z.boolean(),
    layers: z.array(z.object({ disk: identifier, layer: identifier })),
    /** Whether the snapshot is there already, so that only the guest waits. */
    committed: z.boolean(),
  }),
  z.object({ kind: z.literal('revert'), id: identifier, guest: identifier, snapshot: identifier, safety: identifier, wasRunning: z.boolean() }),
]);
export type Intent = z.infer<typeof intent>;

export interface SnapshotRecords {
  readonly snapshots: Collection<SnapshotRecord>;
  readonly standings: Collection<z.infer<typeof standing>>;
  readonly intents: Collection<Intent>;
}

export function openSnapshotRecords(database: Database): SnapshotRecords {
  return {
    snapshots: openCollection(database, 'snapshots', snapshotRecord),
    standings: openCollection(database, 'snapshotStandings', standing),
    intents: openCollection(database, 'snapshotIntents', intent),
  };
}
