import { z } from 'zod';
import { acceleratorName } from './accelerators.ts';
import { failure } from './errors.ts';
import { instrumentName } from './instruments.ts';
import { measurementKind } from './measurements.ts';
import { metricName } from './metrics.ts';
import { byIdentifier, displayName, identifier, instant, keptName } from './primitives.ts';
import { procedure, subscription } from './procedure.ts';
import { trashedItem } from './trash.ts';

/** One measurement of a campaign file. What is not said is as the file's `defaults` say, or Petri's settings. */
export const campaignStep = z.strictObject({
  name: identifier,
  measure: measurementKind,
  /** Names or ids of guests, or ids of catalog entries; several are compared with each other in one run. */
  guests: z.array(z.string().min(1).max(120)).min(1).max(8),
  runs: z.number().int().min(1).max(1_000).optional(),
  warmUps: z.number().int().min(0).max(100).optional(),
  durationSeconds: z.number().min(0.1).max(86_400).optional(),
  timeLimitSeconds: z.number().min(0.1).max(86_400).optional(),
  /** One for all guests, or a list with one for each; so are the arguments. */
  accelerator: z.union([acceleratorName, z.array(acceleratorName).min(1).max(8)]).optional(),
  arguments: z.union([z.string().max(1_024), z.array(z.string().max(1_024)).min(1).max(8)]).optional(),
  /** One that the guests' system has, `calls:1000` or `calls 1000`; a line that is none of them must be said to be typed. */
  load: z.union([z.string().min(1).max(200), z.strictObject({ type: z.string().min(1).max(200) })]).optional(),
  instrument: instrumentName.optional(),
  logicalTime: z.boolean().optional(),
  /** `l1d=64x8x64,dtlb=16x4`; what is not named is as in the settings. */
  model: z.string().min(1).max(200).optional(),
  /** One profile sample in so many instructions. */
  profile: z.number().int().min(100).max(1_000_000_000).optional(),
  /** The whole path of a file with the kernel's symbols. */
  symbols: z.string().min(1).max(4_096).optional(),
  traceLimitMegabytes: z.number().int().min(1).max(1_000_000).optional(),
  /** Absent: on where there are two guests or more, which costs the boots of one guest again. */
  control: z.boolean().optional(),
  metrics: z.array(metricName).optional(),
  question: z.string().max(500).optional(),
  seed: z.number().int().optional(),
  /** Steps that must have ended well before. */
  after: z.array(identifier).default([]),
});
export type CampaignStep = z.infer<typeof campaignStep>;

export const campaignFile = z.strictObject({
  name: displayName,
  question: z.string().max(500).default(''),
  defaults: campaignStep.omit({ name: true, guests: true, measure: true, after: true }).partial().default({}),
  steps: z.array(campaignStep).min(1).max(200),
});
export type CampaignFile = z.infer<typeof campaignFile>;

export const campaign = z.object({
  id: identifier,
  name: keptName,
  createdAt: instant,
  endedAt: instant.nullable(),
  state: z.enum(['running', 'done', 'cancelled', 'interrupted', 'failed']),
  file: campaignFile,
  /** In the order in which they are carried out. */
  steps: z.array(
    z.object({
      name: identifier,
      state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped', 'cancelled', 'interrupted']),
      run: identifier.nullable(),
      failure: failure.nullable(),
    }),
  ),
});
export type Campaign = z.infer<typeof campaign>;

export const campaigns = {
  /** Reads a file's text, resolves its guests and orders its steps; throws CAMPAIGN_INVALID, CAMPAIGN_CYCLE, CAMPAIGN_GUEST_MISSING. */
  check: procedure
    .input(z.object({ text: z.string().max(1_000_000) }))
    /** `notes` say what the file means beside that: where there will be ratios only, and what controls cost. */
    .output(z.object({ file: campaignFile, order: z.array(identifier), boots: z.number().int(), notes: z.array(z.string()).default([]) })),
  /** Checks it and begins it as a task. */
  start: procedure.input(z.object({ text: z.string().max(1_000_000) })).output(campaign),
  /** Goes on with what is left; a run that was cut off is resumed. */
  resume: procedure.input(byIdentifier).output(campaign),
  cancel: procedure.input(byIdentifier).output(campaign),
  list: procedure.output(z.array(campaign)),
  get: procedure.input(byIdentifier).output(campaign),
  /** Moves it to the trash, where `restore` finds it; its runs stay. */
  remove: procedure.input(byIdentifier),
  restore: procedure.input(byIdentifier).output(campaign),
  /** What `restore` would find, what was removed last first. It changes whenever `watch` yields. */
  trash: procedure.output(z.array(trashedItem)),
  watch: subscription(z.array(campaign)),
};
