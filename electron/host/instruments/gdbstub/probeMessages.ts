import { z } from 'zod';

/** What the process that holds the debugger port is told at its start. Numbers that pass 2^53 are texts. */
export const probeOrder = z.object({
  socket: z.string(),
  architecture: z.enum(['i386', 'x86_64', 'arm', 'aarch64']),
  kind: z.union([z.literal(0), z.literal(1)]),
  probes: z.array(z.object({ name: z.string(), address: z.string(), hits: z.number().int() })),
  /** From QEMU 8.1 on a stop is told only to who let the guest go (gdbstub: only send stop-reply packets when allowed to). */
  toldOnlyAfterContinue: z.boolean(),
});
export type ProbeOrder = z.infer<typeof probeOrder>;

/**
 * Lines to that process. `held` and `running` place the probes in a guest that is so; `resumed`: it was let go; `end` takes the probes out, and
 * `free` those that another process has left.
 */
export type ProbeCommand = 'held' | 'running' | 'resumed' | 'end' | 'free';

/** Lines from it. */
export const probeMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('begun'), stopNs: z.number() }),
  z.object({ kind: z.literal('hit'), symbol: z.string(), vcpu: z.number().int(), atNs: z.string(), hits: z.number().int() }),
  z.object({ kind: z.literal('failed'), action: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('released') }),
]);
export type ProbeMessage = z.infer<typeof probeMessage>;
