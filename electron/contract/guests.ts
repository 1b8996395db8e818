import { z } from 'zod';
import { acceleratorName, qemuBuild } from './accelerators.ts';
import { bootDefinition, machineDefinition } from './catalog.ts';
import { failure } from './errors.ts';
import { architecture, byIdentifier, displayName, identifier, instant } from './primitives.ts';
import { procedure, subscription } from './procedure.ts';
import { trashedItem } from './trash.ts';

/** A guest as it can be carried to another machine: nothing in it depends on this host. */
export const guestDefinition = z.object({
  id: identifier,
  name: displayName,
  /** The catalog entry that it was made from, or null for "your own". */
  catalogEntry: identifier.nullable(),
  architecture,
  machine: machineDefinition,
  boot: bootDefinition,
  phaseTable: identifier,
  accelerator: z.union([z.literal('auto'), acceleratorName]),
  notes: z.string().max(10_000),
  createdAt: instant,
});
export type GuestDefinition = z.infer<typeof guestDefinition>;

/** What was really run: the second record beside the definition. */
export const machineRecord = z.object({
  pid: z.number().int(),
  argv: z.array(z.string()),
  qemu: qemuBuild,
  accelerator: acceleratorName,
  startedAt: instant,
});
export type MachineRecord = z.infer<typeof machineRecord>;

/** How the last run of a guest ended. */
export const guestEnd = z.object({
  at: instant,
  how: z.enum(['poweredDown', 'killed', 'crashed', 'lost']),
  failure: failure.nullable(),
});

export const guestRuntime = z.discriminatedUnion('state', [
  z.object({ state: z.literal('stopped'), end: guestEnd.nullable() }),
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('running'), machine: machineRecord }),
  z.object({ state: z.literal('paused'), machine: machineRecord }),
  z.object({ state: z.literal('stopping'), machine: machineRecord }),
]);
export type GuestRuntime = z.infer<typeof guestRuntime>;

export const guest = z.object({ definition: guestDefinition, runtime: guestRuntime });
export type Guest = z.infer<typeof guest>;

const guestDraft = guestDefinition.omit({ id: true, createdAt: true });
export type GuestDraft = z.infer<typeof guestDraft>;
const guestChange = guestDraft.partial();
export type GuestChange = z.infer<typeof guestChange>;
const changed = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), guests: z.array(guest) }),
  z.object({ type: z.literal('changed'), guest }),
  z.object({ type: z.literal('removed'), id: identifier }),
]);

export const guests = {
  list: procedure.output(z.array(guest)),
  get: procedure.input(byIdentifier).output(guest),
  /** Makes a guest from a catalog entry; the name is made unique when none is given. */
  createFromCatalog: procedure.input(z.object({ entry: identifier, name: displayName.optional() })).output(guest),
  create: procedure.input(guestDraft).output(guest),
  update: procedure.input(z.object({ id: identifier, change: guestChange })).output(guest),
  /** Moves a stopped guest to the trash, where `restore` finds it. */
  remove: procedure.input(byIdentifier),
  restore: procedure.input(byIdentifier).output(guest),
  /** What `restore` would find, what was removed last first. It changes whenever `watch` tells that a guest came or went. */
  trash: procedure.output(z.array(trashedItem)),
  /** The command that `start` would run now, one word an element, the program first. */
  command: procedure.input(byIdentifier).output(z.object({ argv: z.array(z.string()) })),
  start: procedure.input(byIdentifier).output(guest),
  pause: procedure.input(byIdentifier).output(guest),
  resume: procedure.input(byIdentifier).output(guest),
  reset: procedure.input(byIdentifier).output(guest),
  /** Asks the guest to power down and resolves when it did or when `afterSeconds` passed and it was killed. */
  powerDown: procedure.input(z.object({ id: identifier, afterSeconds: z.number().min(0).max(600).default(20) })).output(guest),
  kill: procedure.input(byIdentifier).output(guest),
  watch: subscription(changed),
};
export type GuestEvent = z.infer<typeof changed>;
