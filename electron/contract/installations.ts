import { z } from 'zod';
import { diskBus } from './catalog.ts';
import { failure } from './errors.ts';
import { guestDraft } from './guests.ts';
import { byIdentifier, digest, identifier, instant } from './primitives.ts';
import { procedure, subscription } from './procedure.ts';
import { diskBytes } from './disks.ts';

/** What the wizard asks for, whole: the review and the installation see the same. */
export const installationDraft = z.object({
  /** The entry of the catalog, or null for "your own". */
  entry: identifier.nullable(),
  /**
   * Where the system comes from. `fetch` gets the entry's images; `medium` is an ISO of the user; `disk` a disk image of the
   * user, copied or used in place; `existing` a disk of the lab; `kernel` is in the guest's own boot definition.
   */
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fetch') }),
    z.object({ kind: z.literal('medium'), path: z.string().min(1) }),
    z.object({ kind: z.literal('disk'), path: z.string().min(1), inPlace: z.boolean() }),
    z.object({ kind: z.literal('existing'), disk: identifier }),
    z.object({ kind: z.literal('kernel') }),
  ]),
  guest: guestDraft,
  /** The empty disk that is made for it, or null for none. */
  newDisk: z.object({ bytes: diskBytes }).nullable(),
  /** How the disk that is made, imported or used is reached; null is as the entry's preset for this board has it. */
  diskBus: diskBus.nullable().default(null),
  /** `none` only makes the guest; `byHand` boots the medium and waits; `unattended` plays the entry's script. */
  install: z.enum(['none', 'byHand', 'unattended']),
});
export type InstallationDraft = z.input<typeof installationDraft>;

/** One thing that an installation does, and how far it is. */
export const installationStep = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  /** What is awaited from the guest now, for a step of a script. */
  detail: z.string(),
  limitSeconds: z.number().nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
});
export type InstallationStep = z.infer<typeof installationStep>;

/**
 * `interrupted` is an installation whose lab died: `resume` goes on at the first step that is not done, `cancel` removes
 * all it made. `byHand` waits for the user to say that it is finished.
 */
export const installation = z.object({
  id: identifier,
  name: z.string(),
  draft: installationDraft,
  state: z.enum(['running', 'byHand', 'interrupted', 'failed', 'cancelled', 'done']),
  steps: z.array(installationStep),
  guest: identifier.nullable(),
  disk: identifier.nullable(),
  task: identifier.nullable(),
  failure: failure.nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
});
export type Installation = z.infer<typeof installation>;

/** What would be done, before anything is. */
export const installationReview = z.object({
  /** Each command with its words, in order, under a title. */
  commands: z.array(z.object({ title: z.string(), argv: z.array(z.string()) })),
  /** Words in the commands that stand for what is chosen when it is made. */
  placeholders: z.array(z.object({ name: z.string(), means: z.string() })),
  steps: z.array(z.object({ title: z.string(), detail: z.string() })),
  /** What is worth knowing, and what forbids it. */
  warnings: z.array(z.string()),
  obstacles: z.array(failure),
  /** What will be fetched and written. */
  downloadBytes: z.number().nullable(),
  diskBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
});
export type InstallationReview = z.infer<typeof installationReview>;

/** What a file is that somebody dropped or named, with what to make of it. An unknown one never blocks. */
export const sourceFile = z.object({
  path: z.string(),
  bytes: z.number().int(),
  kind: z.enum(['iso', 'disk', 'kernel', 'archive', 'unknown']),
  format: z.string(),
  digest: digest.nullable(),
  /** Entries of the catalog that it may be, the likeliest first. */
  entries: z.array(identifier),
  says: z.string(),
});
export type SourceFile = z.infer<typeof sourceFile>;

export const installations = {
  list: procedure.output(z.array(installation)),
  get: procedure.input(byIdentifier).output(installation),
  inspect: procedure.input(z.object({ path: z.string().min(1) })).output(sourceFile),
  review: procedure.input(installationDraft).output(installationReview),
  /** Nothing is made when the review has an obstacle: the first is thrown. */
  begin: procedure.input(installationDraft).output(installation),
  /** Stops the script at once and leaves the guest to the user, as it is. */
  takeOver: procedure.input(byIdentifier).output(installation),
  /** Plays the rest of the script again from its current step. */
  handBack: procedure.input(byIdentifier).output(installation),
  resume: procedure.input(byIdentifier).output(installation),
  /** The user says that an installation by hand is finished: the medium is taken out and the guest boots from its disk. */
  finish: procedure.input(byIdentifier).output(installation),
  /** Ends it; with `cleanUp` the guest and disk that it made go to the trash. */
  cancel: procedure.input(z.object({ id: identifier, cleanUp: z.boolean().default(true) })).output(installation),
  /** The guest's screen as text, for a system that has no serial console: 25 lines of 80 characters, or null. */
  screen: procedure.input(byIdentifier).output(z.object({ lines: z.array(z.string()).nullable() })),
  /** Forgets an ended installation; what it made stays. */
  forget: procedure.input(byIdentifier),
  watch: subscription(z.array(installation)),
};
