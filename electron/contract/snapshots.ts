import { z } from 'zod';
import { byIdentifier, digest, displayName, identifier, instant, keptName } from './primitives.ts';
import { procedure, stream } from './procedure.ts';
import { trashedItem } from './trash.ts';

/** A moment of a guest that it can be taken back to: its disks, and its memory when it was running. */
export const snapshot = z.object({
  id: identifier,
  guest: identifier,
  name: keptName,
  notes: z.string().max(10_000),
  /** `machine` has the memory and devices too, and is reverted to as it ran. */
  kind: z.enum(['disks', 'machine']),
  /** The snapshot that the guest stood on when this one was taken. */
  parent: identifier.nullable(),
  /** Taken by Petri before a revert, so that the revert can be taken back. */
  safety: z.boolean(),
  createdAt: instant,
  /** The memory's file, and what the disks' layers below it take. */
  memoryBytes: z.number().int().nullable(),
  diskBytes: z.number().int(),
  /** For each disk of the guest the digest of its content, null until it was computed. */
  disks: z.array(z.object({ disk: identifier, digest: digest.nullable() })),
  /** Whether `screenshot` has a picture. */
  hasScreenshot: z.boolean(),
});
export type Snapshot = z.infer<typeof snapshot>;

/** The snapshots of one guest. `current` is the one that the guest stands on. */
export const snapshotTree = z.object({
  guest: identifier,
  snapshots: z.array(snapshot),
  current: identifier.nullable(),
  /** Why no snapshot can be taken now, in words that name the cause and the way out; empty when it can. */
  obstacles: z.array(z.string()),
});
export type SnapshotTree = z.infer<typeof snapshotTree>;

export const snapshots = {
  tree: procedure.input(z.object({ guest: identifier })).output(snapshotTree),
  /** Of a running guest with its memory, of a stopped one without. */
  take: procedure
    .input(z.object({ guest: identifier, name: displayName, notes: z.string().max(10_000).default('') }))
    .output(z.object({ task: identifier, snapshot: identifier })),
  /** Takes a safety snapshot first, always. The guest then runs or is stopped as the snapshot says. */
  revert: procedure.input(byIdentifier).output(z.object({ task: identifier, safety: identifier })),
  rename: procedure.input(z.object({ id: identifier, name: displayName, notes: z.string().max(10_000).optional() })).output(snapshot),
  /** To the trash for 7 days; its children stay, and their disks keep what they need of it. */
  remove: procedure.input(byIdentifier),
  restore: procedure.input(byIdentifier).output(snapshot),
  trash: procedure.input(z.object({ guest: identifier })).output(z.array(trashedItem)),
  /** A PNG of the guest's screen at that moment. */
  screenshot: procedure.input(byIdentifier).output(z.object({ base64: z.string() })),
  /** Compares the content of the guest's disks, which must be stopped, with the digests of a snapshot. */
  verify: procedure
    .input(byIdentifier)
    .output(z.object({ equal: z.boolean(), disks: z.array(z.object({ disk: identifier, expected: digest, found: digest })) })),
  watch: procedure.input(z.object({ guest: identifier })).output(stream(snapshotTree)),
};
