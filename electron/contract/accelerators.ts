import { z } from 'zod';
import { procedure, subscription } from './procedure.ts';
import { architecture, instant, nanoseconds } from './primitives.ts';

export const acceleratorName = z.enum(['kvm', 'hvf', 'whpx', 'nvmm', 'tcg']);
export type AcceleratorName = z.infer<typeof acceleratorName>;

/** A particular QEMU program: two reports with the same `id` come from the same build. */
export const qemuBuild = z.object({
  id: z.string(),
  program: z.string(),
  version: z.string(),
  /** The distribution's package string as `--version` prints it, for example "Debian 1:7.2+dfsg-7". */
  package: z.string().nullable(),
});
export type QemuBuild = z.infer<typeof qemuBuild>;

/**
 * What a timed boot of the built-in guest said about one accelerator.
 * `good` won or is close; `slow` boots, but slower than TCG; `broken` does not boot; `denied` exists but may not
 * be opened; `absent` is unknown to this QEMU or platform.
 */
export const acceleratorReport = z.object({
  accelerator: acceleratorName,
  architecture,
  verdict: z.enum(['good', 'slow', 'broken', 'denied', 'absent']),
  /** Time from the spawn of QEMU to the guest's prompt, when it got there. */
  bootNs: nanoseconds.nullable(),
  /** TCG's time in the same test, for the comparison. */
  tcgBootNs: nanoseconds.nullable(),
  /** Lines that prove the verdict: QEMU's own words, or the times. */
  evidence: z.array(z.string()),
  fix: z.string().nullable(),
  command: z.string().nullable(),
  cpuModel: z.string(),
  qemu: qemuBuild.nullable(),
  testedAt: instant,
});
export type AcceleratorReport = z.infer<typeof acceleratorReport>;

/** All reports for one architecture and the fastest accelerator that works. */
export const acceleratorChoice = z.object({
  architecture,
  chosen: acceleratorName.nullable(),
  reports: z.array(acceleratorReport),
});
export type AcceleratorChoice = z.infer<typeof acceleratorChoice>;

export const accelerators = {
  /** From the cache where QEMU, kernel and CPU are the same as when it was filled; else tested now. */
  list: procedure.output(z.array(acceleratorChoice)),
  test: procedure.input(z.object({ architecture: architecture.optional() })).output(z.array(acceleratorChoice)),
  watch: subscription(z.array(acceleratorChoice)),
};
