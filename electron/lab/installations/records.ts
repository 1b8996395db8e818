import { z } from 'zod';
import { identifier } from '../../contract/primitives.ts';
import { installation, type Installation, type InstallationStep } from '../../contract/installations.ts';
import { openCollection, type Collection, type Database } from '../../host/storage/collections.ts';

/** How far a script is, as it is kept: the text that no step used up is read again from the console's log. */
const keptScript = z.object({
  part: z.enum(['install', 'firstBoot']),
  index: z.number().int(),
  met: z.number().int(),
  late: z.number().int(),
  /** The offset in the console's log of the first byte that no step has used up. */
  offset: z.number().int(),
  /** What is about to be typed: a lab that dies meanwhile leaves it here. */
  pending: z.array(z.union([z.object({ text: z.string() }), z.object({ keys: z.array(z.array(z.string())) })])),
});
export type KeptScript = z.infer<typeof keptScript>;

const record = installation.and(
  z.object({
    script: identifier.nullable(),
    playing: keptScript.nullable(),
    /** Whether the disk is one that this installation made, and may remove. */
    ownsDisk: z.boolean(),
  }),
);
/** An installation with what only the lab has to know of it. */
export type InstallationRecord = Installation & { readonly script: string | null; readonly playing: KeptScript | null; readonly ownsDisk: boolean };

export function openInstallationRecords(database: Database): Collection<InstallationRecord> {
  return openCollection<InstallationRecord>(database, 'installations', record);
}

/** What the contract shows of a record. */
export function shown(kept: InstallationRecord): Installation {
  return installation.parse(kept);
}

/** A record with one step changed. */
export function withStep(kept: InstallationRecord, id: string, change: Partial<InstallationStep>): InstallationRecord {
  return { ...kept, steps: kept.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) };
}
