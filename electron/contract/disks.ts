import { z } from 'zod';
import { failure } from './errors.ts';
import { byIdentifier, digest, displayName, identifier, instant, keptName } from './primitives.ts';
import { procedure, subscription } from './procedure.ts';
import { trashedItem } from './trash.ts';

export const diskFormat = z.enum(['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx', 'vpc']);
export type DiskFormat = z.infer<typeof diskFormat>;

/** Sizes are whole sectors; the largest is 64 TiB. */
export const diskBytes = z.number().int().min(512).max(70_368_744_177_664).refine((bytes) => bytes % 512 === 0, 'must be whole sectors of 512 bytes');

/**
 * A disk of the lab. Its content lies in a chain of qcow2 files ("layers"): all but the newest never change again, so
 * that snapshots and linked clones may rest on them. A disk that is `outside` is a file of the user that is used where it is.
 */
export const disk = z.object({
  id: identifier,
  name: keptName,
  format: diskFormat,
  /** What the guest sees. */
  virtualBytes: z.number().int(),
  /** What all its own layers take on the host. */
  fileBytes: z.number().int(),
  /** The newest layer, which is what a guest is given. */
  path: z.string(),
  outside: z.boolean(),
  /** The disk that it is a linked clone of. */
  cloneOf: identifier.nullable(),
  /** Linked clones that rest on it: while there are any, it is neither altered nor deleted. */
  clones: z.array(identifier),
  /** Guests that have it. */
  guests: z.array(z.object({ id: identifier, name: keptName })),
  /** How it came to be, for people, and the digest of the file that it came from. */
  origin: z.object({ how: z.enum(['created', 'imported', 'cloned', 'installed']), source: z.string().nullable(), digest: digest.nullable() }),
  notes: z.string().max(10_000),
  createdAt: instant,
  /** What keeps it from being used, for example a layer that is missing. */
  trouble: failure.nullable(),
});
export type Disk = z.infer<typeof disk>;

/** What `qemu-img check` found. Leaks waste space; corruptions are errors in what a guest would read. */
export const diskCheck = z.object({
  clean: z.boolean(),
  leaks: z.number().int(),
  corruptions: z.number().int(),
  checkErrors: z.number().int(),
  /** qemu-img's own lines. */
  output: z.array(z.string()),
});
export type DiskCheck = z.infer<typeof diskCheck>;

const taskStarted = z.object({ task: identifier });
const taskAndDisk = z.object({ task: identifier, disk: identifier });
const changed = z.object({ disks: z.array(disk) });

export const disks = {
  list: procedure.output(z.array(disk)),
  get: procedure.input(byIdentifier).output(disk),
  create: procedure.input(z.object({ name: displayName, bytes: diskBytes })).output(disk),
  /**
   * Makes a disk of a file or of an image of the library: looks at it first (magic, backing file, free space), turns it to
   * qcow2 with progress. With `inPlace` the file is used where it is, whatever its format, and cannot be snapshotted.
   */
  import: procedure
    .input(z.object({ name: displayName, source: z.union([z.object({ path: z.string().min(1) }), z.object({ digest })]), inPlace: z.boolean().default(false) }))
    .output(taskAndDisk),
  /** Writes the whole content, without layers, to a new file that must not exist; the task's end tells its digest. */
  export: procedure.input(z.object({ id: identifier, path: z.string().min(1), format: diskFormat })).output(taskStarted),
  rename: procedure.input(z.object({ id: identifier, name: displayName, notes: z.string().max(10_000).optional() })).output(disk),
  /** Growing always; shrinking only with `shrink`, because it cuts off what lies behind the new end. */
  resize: procedure.input(z.object({ id: identifier, bytes: diskBytes, shrink: z.boolean().default(false) })).output(disk),
  /** Rewrites the newest layer without what the guest gave back. */
  compact: procedure.input(byIdentifier).output(taskStarted),
  /** Copies the content into one new qcow2 or raw file. */
  convert: procedure.input(z.object({ id: identifier, format: z.enum(['qcow2', 'raw']) })).output(taskStarted),
  check: procedure.input(byIdentifier).output(diskCheck),
  /** Repairs a damaged disk; the damaged file is kept beside it. */
  repair: procedure.input(byIdentifier).output(z.object({ before: diskCheck, after: diskCheck, kept: z.string() })),
  /** `linked` shares what is there now and takes under two seconds; `full` copies it. */
  clone: procedure.input(z.object({ id: identifier, name: displayName, kind: z.enum(['linked', 'full']) })).output(taskAndDisk),
  /** The SHA-256 of what a guest would read from its first to its last sector. */
  digest: procedure.input(byIdentifier).output(z.object({ digest, bytes: z.number().int() })),
  /** To the trash for 7 days. */
  remove: procedure.input(byIdentifier),
  restore: procedure.input(byIdentifier).output(disk),
  purge: procedure.input(byIdentifier),
  trash: procedure.output(z.array(trashedItem)),
  watch: subscription(changed),
};
