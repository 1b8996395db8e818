import { z } from 'zod';
import { failure } from './errors.ts';
import { architecture, digest, displayName, identifier, instant } from './primitives.ts';
import { procedure, subscription } from './procedure.ts';

/**
 * Where a kernel, module or installer medium is: shipped with Petri (a path under `images/`), in the lab's own library
 * of fetched images (by its digest), or a file of the user.
 */
export const imageReference = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('shipped'), path: z.string(), digest }),
  z.object({ kind: z.literal('library'), digest, name: z.string().min(1) }),
  z.object({ kind: z.literal('file'), path: z.string().min(1) }),
]);
export type ImageReference = z.infer<typeof imageReference>;

/** An image's path or name, for people. */
export function imageName(image: ImageReference): string {
  return image.kind === 'library' ? image.name : image.path;
}

/** An image that was booted and what was in it, so that another person can see that theirs is the same. */
export const imageIdentity = z.object({ path: z.string(), digest });
export type ImageIdentity = z.infer<typeof imageIdentity>;

/** A board by QEMU's name. Boards that only some builds of QEMU have (`beaglexm`) are names like any other. */
export const board = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,40}$/);

/** The machine that a guest is given, without accelerator: that depends on the host. */
export const machineDefinition = z.object({
  board,
  /** A model that QEMU knows, or `auto`: `host` on hardware, `max` on TCG (`cortex-a15` where the board demands it). */
  cpuModel: z.string().min(1),
  cpus: z.number().int().min(1).max(64),
  memoryMiB: z.number().int().min(4).max(1_048_576),
});
export type MachineDefinition = z.infer<typeof machineDefinition>;

export const bootDefinition = z.object({
  /** Null for a guest that boots from its medium or its disks by firmware. */
  kernel: imageReference.nullable(),
  /** The kernel command line; empty without a kernel. */
  arguments: z.string().max(2_048),
  /** Multiboot modules or an initial RAM disk, in order, each with its own arguments. */
  modules: z.array(z.object({ image: imageReference, arguments: z.string().max(512) })),
});
export type BootDefinition = z.infer<typeof bootDefinition>;

/** `sd` is the card slot of a board. */
export const diskBus = z.enum(['ide', 'sata', 'virtio', 'scsi', 'sd']);
export type DiskBus = z.infer<typeof diskBus>;
export const networkCard = z.enum(['e1000', 'rtl8139', 'ne2k_pci', 'pcnet', 'virtio', 'lan9118']);
export type NetworkCard = z.infer<typeof networkCard>;
/** `none` has no graphics card; the others are QEMU's `-vga` models. */
export const display = z.enum(['none', 'std', 'cirrus', 'virtio']);
export type Display = z.infer<typeof display>;

/**
 * How well something is known: `verified` was booted with what the entry names; `reported` was seen by others;
 * `claimed` stands in a document that nobody tested; `fails` was seen not to work.
 */
export const knowledge = z.enum(['verified', 'reported', 'claimed', 'fails']);
export type Knowledge = z.infer<typeof knowledge>;

/** An address that a browser may open; `javascript:` and `file:` are none. */
export const webAddress = z.url({ protocol: /^https?$/, hostname: /.+/ });

/** One image of a system and where it comes from. An unknown digest is null and is recorded at the first download. */
export const imageSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('shipped'), path: z.string(), digest }),
  z.object({
    kind: z.literal('download'),
    url: webAddress,
    /** Size and digest of the file behind the address, before unpacking; null where nobody published them. */
    bytes: z.number().int().positive().nullable(),
    digest: digest.nullable(),
    unpack: z.enum(['none', 'gzip', 'bzip2', 'xz', 'zip', 'tar.xz', 'tar.gz', 'tar.bz2']),
    /** The file inside a zip or tar archive. */
    member: z.string().optional(),
  }),
  /** Made on this machine from the distribution's packages by a recipe in `host/linux/`. */
  z.object({ kind: z.literal('packages'), recipe: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/), packages: z.array(z.string()) }),
  /** The user's own file. */
  z.object({ kind: z.literal('own'), hint: z.string() }),
]);
export type ImageSource = z.infer<typeof imageSource>;

export const catalogImage = z.object({
  id: identifier,
  /** `disk` becomes a disk of the guest, `medium` is put into its CD drive. */
  role: z.enum(['kernel', 'module', 'disk', 'medium']),
  name: z.string(),
  source: imageSource,
});
export type CatalogImage = z.infer<typeof catalogImage>;

/** A way to set the machine up, with what is known of it. */
export const machinePreset = z.object({
  id: identifier,
  name: z.string(),
  machine: machineDefinition,
  diskBus,
  card: networkCard.nullable(),
  display,
  known: knowledge,
  why: z.string(),
});
export type MachinePreset = z.infer<typeof machinePreset>;

/** What can be chosen for a system, each with its reason; what is not listed is not offered. */
const choice = <Value extends z.ZodType>(value: Value) => z.array(z.object({ value, why: z.string() }));
export const machineChoices = z.object({
  boards: choice(board),
  cpuModels: choice(z.string()),
  diskBuses: choice(diskBus),
  cards: choice(networkCard),
  displays: choice(display),
  cpus: z.object({ maximum: z.number().int(), why: z.string() }),
  memoryMiB: z.object({ minimum: z.number().int(), why: z.string() }),
  /** Whether the guest can mount a 9p share, and the line to type in it. */
  share: z.object({ possible: z.boolean(), line: z.string().nullable(), why: z.string() }),
});
export type MachineChoices = z.infer<typeof machineChoices>;

/** A kernel or module of an entry: one that is there already, or one of the entry's images. */
export const entryImage = z.union([imageReference, z.object({ kind: z.literal('image'), image: identifier })]);

/** A system that can be made a guest. */
export const catalogEntry = z.object({
  id: identifier,
  name: z.string(),
  /** Groups entries in the list: `Petri`, `MINIX`, `GNU/Hurd`, `Linux`, `Your own`. */
  family: z.string(),
  summary: z.string(),
  homepage: webAddress.nullable(),
  architecture,
  /** The default: that of the first preset. */
  machine: machineDefinition,
  presets: z.array(machinePreset).min(1),
  choices: machineChoices,
  images: z.array(catalogImage),
  /** How it boots without being installed; null for a system that boots only from its disk or medium. */
  boot: z.object({
    kernel: entryImage.nullable(),
    arguments: z.string(),
    modules: z.array(z.object({ image: entryImage, arguments: z.string() })),
  }),
  /** How many serial ports it is given, and what appears on each. */
  serialPorts: z.array(z.object({ shows: z.string() })).min(1).max(4),
  /** A machine that only some builds of QEMU have, and why it is needed. */
  requiresBoard: z.object({ board, why: z.string() }).nullable(),
  /** How it is installed; null for a system that runs without. `script` names a file in `resources/installs/`. */
  install: z.object({ medium: identifier.nullable(), script: identifier.nullable(), diskBytes: z.number().int(), byHand: z.array(z.string()) }).nullable(),
  /** The file name of its phase table in `resources/phases/`, without `.json`. */
  phaseTable: identifier,
  /** What to type on its first serial port to power it down, for a system that does not hear the power button (ACPI). */
  powerDownLine: z.string().min(1).max(200).optional(),
  /** What is known not to work. */
  limits: z.array(z.string()),
  /** Where the entry comes from. */
  origin: z.enum(['petri', 'user']),
  /** How we know that it boots: the QEMU and the date, or null when nobody has seen it. */
  verified: z.object({ qemu: z.string(), date: z.iso.date(), note: z.string().optional() }).nullable(),
});
export type CatalogEntry = z.infer<typeof catalogEntry>;

/** An image of the library: a file that was fetched, checked and unpacked, kept by the digest of what is in it. */
export const libraryImage = z.object({
  digest,
  name: z.string(),
  bytes: z.number().int(),
  /** The entry and image that it was fetched for. */
  entry: identifier.nullable(),
  image: identifier.nullable(),
  /** The address or file that it came from, and the digest of what came. */
  source: z.string(),
  sourceDigest: digest,
  /** `published` was checked against the entry's digest; `recorded` had none to be checked against. */
  trust: z.enum(['published', 'recorded']),
  fetchedAt: instant,
});
export type LibraryImage = z.infer<typeof libraryImage>;

/** What an interrupted or cancelled fetch left: the next one goes on after it. */
export const partialDownload = z.object({ entry: identifier, image: identifier, url: z.string(), bytes: z.number().int(), totalBytes: z.number().int().nullable(), at: instant });
export type PartialDownload = z.infer<typeof partialDownload>;

const state = z.object({
  entries: z.array(catalogEntry),
  library: z.array(libraryImage),
  partials: z.array(partialDownload),
  /** Files of the user's own entries that are no entries, and what is wrong with them. */
  refused: z.array(z.object({ file: z.string(), failure })),
});
export type CatalogState = z.infer<typeof state>;

const taskStarted = z.object({ task: identifier });

export const catalog = {
  list: procedure.output(z.array(catalogEntry)),
  get: procedure.output(state),
  /** Fetches one image of an entry into the library: resumes what an earlier try left, checks size, digest and magic. */
  fetch: procedure.input(z.object({ entry: identifier, image: identifier })).output(taskStarted),
  /** Removes what an interrupted fetch left. */
  discard: procedure.input(z.object({ entry: identifier, image: identifier })),
  /** Takes a file of the user into the library, checked like a download. */
  addImage: procedure.input(z.object({ path: z.string().min(1), name: displayName.optional() })).output(taskStarted),
  removeImage: procedure.input(z.object({ digest })),
  /** Copies an entry file of the user into the data directory; RESOURCE_INVALID says what is wrong with it. */
  addEntry: procedure.input(z.object({ path: z.string().min(1) })).output(catalogEntry),
  removeEntry: procedure.input(z.object({ id: identifier })),
  watch: subscription(state),
};
