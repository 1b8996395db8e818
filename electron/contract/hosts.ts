import { z } from 'zod';
import { procedure, subscription } from './procedure.ts';
import { digest, instant } from './primitives.ts';

/**
 * The machine on which numbers were produced. `id` is the digest of what makes two machines
 * comparable (CPU, cores, memory, kernel), so load and governor are not part of it.
 */
export const hostFingerprint = z.object({
  id: digest,
  platform: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  /** The CPU frequency governor, or null where the system shows none. */
  governor: z.string().nullable(),
  virtualised: z.boolean().nullable(),
});
export type HostFingerprint = z.infer<typeof hostFingerprint>;

/**
 * One card of the capability board. `fix` is text to read, `command` something to copy into a terminal.
 * Verdicts: `good`, `limited` (works, with a reservation), `missing`, `denied`, `broken`, `unknown` (not probed yet).
 */
export const capability = z.object({
  id: z.enum(['qemu', 'accelerators', 'docker', 'podman', 'disk', 'memory']),
  title: z.string(),
  verdict: z.enum(['good', 'limited', 'missing', 'denied', 'broken', 'unknown']),
  summary: z.string(),
  evidence: z.array(z.string()),
  unlocks: z.string(),
  fix: z.string().nullable(),
  command: z.string().nullable(),
  testedAt: instant.nullable(),
  testing: z.boolean(),
});
export type Capability = z.infer<typeof capability>;

export const hosts = {
  fingerprint: procedure.output(hostFingerprint),
  capabilities: procedure.output(z.array(capability)),
  /** Probes one capability again, or all of them. */
  test: procedure.input(z.object({ id: capability.shape.id.optional() })).output(z.array(capability)),
  watch: subscription(z.array(capability)),
};
