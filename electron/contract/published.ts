import { z } from 'zod';
import { procedure } from './procedure.ts';
import { architecture, identifier } from './primitives.ts';

/** Every verdict a comparison can have. INDETERMINATE says that this instrument or machine cannot decide. */
export const verdictName = z.enum(['VERIFIED', 'PLAUSIBLE', 'NEEDS_VALIDATION', 'INDETERMINATE']);
export type VerdictName = z.infer<typeof verdictName>;

export const verdict = z.object({
  name: verdictName,
  /** Relative distance from the reference, 0 inside a range; null when it was not computed. */
  error: z.number().nonnegative().nullable(),
  reason: z.string(),
});
export type Verdict = z.infer<typeof verdict>;

/** Where a value was measured, as far as its source says. `null` means that the source does not say. */
export const environment = z.object({
  hardware: z.string().nullable(),
  execution: z.enum(['hardware', 'hardwareVirtualised', 'emulated']).nullable(),
  /** The host's fingerprint for a baseline of this machine, null for what others published. */
  hostId: z.string().nullable(),
  qemuBuildId: z.string().nullable(),
});
export type Environment = z.infer<typeof environment>;

export const publishedValue = z.object({
  id: identifier,
  subject: z.string(),
  /** The phase table that the value speaks of, or null for values that no measurement of Petri can meet. */
  phaseTable: identifier.nullable(),
  architecture: architecture.nullable(),
  /** `boot` is the time from the first phase to the last; a phase's name is that phase's duration. */
  metric: z.string(),
  /** A single value has low = high. */
  low: z.number(),
  high: z.number(),
  unit: z.enum(['ns', 'ms', 's', 'cycles', 'ratio', 'MiB']),
  environment,
  source: z.object({ title: z.string().min(1), detail: z.string(), standing: z.enum(['primary', 'secondary', 'hypothesis', 'baseline']) }),
  note: z.string(),
  /** Only for this machine's own baselines: the run it was saved from and the guest that it judges. */
  baseline: z.object({ run: identifier, guest: identifier }).optional(),
});
export type PublishedValue = z.infer<typeof publishedValue>;

export const published = {
  /** What was published, and this machine's own baselines. */
  list: procedure.output(z.array(publishedValue)),
  /** Saves a run's medians as this machine's own baseline; a later run of the same guest is judged against it. */
  saveBaseline: procedure.input(z.object({ run: identifier, name: z.string().min(1).max(120) })).output(z.array(publishedValue)),
  removeBaseline: procedure.input(z.object({ run: identifier })),
};
