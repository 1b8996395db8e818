import { z } from 'zod';
import { architecture, digest, identifier } from './primitives.ts';
import { procedure } from './procedure.ts';

/** Where a kernel or module is: shipped with Petri (a path under `images/`), or a file of the user. */
export const imageReference = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('shipped'), path: z.string(), digest }),
  z.object({ kind: z.literal('file'), path: z.string().min(1) }),
]);
export type ImageReference = z.infer<typeof imageReference>;

/** An image that was booted and what was in it, so that another person can see that theirs is the same. */
export const imageIdentity = z.object({ path: z.string(), digest });
export type ImageIdentity = z.infer<typeof imageIdentity>;

export const board = z.enum(['pc', 'q35', 'virt']);

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
  kernel: imageReference,
  /** The kernel command line. */
  arguments: z.string().max(2_048),
  /** Multiboot modules or an initial RAM disk, in order, each with its own arguments. */
  modules: z.array(z.object({ image: imageReference, arguments: z.string().max(512) })),
});
export type BootDefinition = z.infer<typeof bootDefinition>;

/** A system that can be made a guest without further questions. */
export const catalogEntry = z.object({
  id: identifier,
  name: z.string(),
  summary: z.string(),
  architecture,
  machine: machineDefinition,
  boot: bootDefinition,
  /** The file name of its phase table in `resources/phases/`, without `.json`. */
  phaseTable: identifier,
  /** What to type on its first serial port to power it down, for a system that does not hear the power button (ACPI). */
  powerDownLine: z.string().min(1).max(200).optional(),
  /** How we know that it boots: the QEMU and the date, or null when nobody has seen it. */
  verified: z.object({ qemu: z.string(), date: z.iso.date() }).nullable(),
});
export type CatalogEntry = z.infer<typeof catalogEntry>;

export const catalog = {
  list: procedure.output(z.array(catalogEntry)),
};
