import { z } from 'zod';
import { failure } from './errors.ts';
import { architecture, digest, displayName, identifier, instant } from './primitives.ts';
import { procedure, stream, subscription } from './procedure.ts';

/** A Docker Engine by the name of its context, or `default`. `host` is its address (`unix://…`, `ssh://…`). */
export const engine = z.object({
  name: z.string(),
  host: z.string(),
  chosen: z.boolean(),
  state: z.enum(['good', 'absent', 'stopped', 'denied', 'tooOld', 'podman', 'unknown']),
  version: z.string().nullable(),
  platform: z.string().nullable(),
  /** The declared failure behind a state that is not good. */
  failure: failure.nullable(),
});
export type Engine = z.infer<typeof engine>;

/** One of Petri's images with QEMU in it. `recipe` is its folder under `images/`. */
export const engineImage = z.object({
  recipe: z.enum(['qemu-i386', 'qemu-arm', 'qemu-x86_64']),
  architecture,
  tag: z.string(),
  /** Null when it is not built on the chosen engine. */
  id: z.string().nullable(),
  bytes: z.number().nullable(),
  base: z.string().nullable(),
  qemuVersion: z.string().nullable(),
  builtAt: instant.nullable(),
  /** Whether the recipe changed since. */
  outdated: z.boolean(),
});
export type EngineImage = z.infer<typeof engineImage>;

export const engineNetwork = z.object({ id: z.string(), name: z.string(), subnet: z.string().nullable(), containers: z.array(z.string()), ours: z.boolean() });
export const engineVolume = z.object({ name: z.string(), mountpoint: z.string(), ours: z.boolean() });

/** A container that Petri started for a guest. */
export const guestContainer = z.object({ id: z.string(), name: z.string(), guest: identifier, state: z.string(), image: z.string(), startedAt: instant.nullable() });

const state = z.object({
  engines: z.array(engine),
  images: z.array(engineImage),
  networks: z.array(engineNetwork),
  volumes: z.array(engineVolume),
  containers: z.array(guestContainer),
});
export type ContainersState = z.infer<typeof state>;

const taskStarted = z.object({ task: identifier });

export const containers = {
  get: procedure.output(state),
  /** Asks the engines again. */
  refresh: procedure.output(state),
  choose: procedure.input(z.object({ engine: z.string() })).output(state),
  /** Builds an image from `images/RECIPE`; `base` is an image that the engine has or can pull. */
  build: procedure.input(z.object({ recipe: engineImage.shape.recipe, base: z.string().optional() })).output(taskStarted),
  /** What a build says, from its first line. */
  buildLog: procedure.input(z.object({ task: identifier })).output(stream(z.object({ line: z.string() }))),
  removeImage: procedure.input(z.object({ recipe: engineImage.shape.recipe })),
  createNetwork: procedure.input(z.object({ name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,60}$/), subnet: z.cidrv4() })).output(engineNetwork),
  removeNetwork: procedure.input(z.object({ name: z.string() })),
  createVolume: procedure.input(z.object({ name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,60}$/) })).output(engineVolume),
  removeVolume: procedure.input(z.object({ name: z.string() })),
  /** The guests of a group as a compose file that `docker compose` accepts. */
  exportCompose: procedure.input(z.object({ group: displayName })).output(z.object({ yaml: z.string() })),
  /** What a compose file would become; nothing is made. */
  readCompose: procedure
    .input(z.object({ yaml: z.string().max(1_000_000) }))
    .output(z.object({ group: displayName, guests: z.array(z.object({ name: displayName, architecture })), ignored: z.array(z.string()), digest })),
  importCompose: procedure.input(z.object({ yaml: z.string().max(1_000_000) })).output(z.object({ group: displayName, guests: z.array(identifier) })),
  watch: subscription(state),
};
