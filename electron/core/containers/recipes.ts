import type { EngineImage } from '../../contract/containers.ts';
import type { Architecture } from '../../contract/primitives.ts';

export type Recipe = EngineImage['recipe'];

/** The images that Petri builds, and for which guests each is. */
export const recipes: readonly { readonly recipe: Recipe; readonly architecture: Architecture; readonly program: string }[] = [
  { recipe: 'qemu-i386', architecture: 'i386', program: 'qemu-system-i386' },
  { recipe: 'qemu-x86_64', architecture: 'x86_64', program: 'qemu-system-x86_64' },
  { recipe: 'qemu-arm', architecture: 'arm', program: 'qemu-system-arm' },
];

/** The recipe for an architecture, or null where Petri has none. */
export function recipeFor(architecture: Architecture): Recipe | null {
  return recipes.find((candidate) => candidate.architecture === architecture)?.recipe ?? null;
}

export function imageTag(recipe: Recipe): string {
  return `petri/${recipe}:latest`;
}

/** What a build rests on when nothing else is named. */
export const DEFAULT_BASE = 'debian:12-slim';

/** Labels by which Petri finds again what it made. */
export const labels = {
  /** On a container: the guest, or empty for a machine that is no guest. */
  guest: 'org.petri.guest',
  /** On a container: the machine's directory, by which the lab of that directory knows it. */
  directory: 'org.petri.directory',
  /** On networks and volumes. */
  ours: 'org.petri.lab',
  recipe: 'org.petri.recipe',
  recipeDigest: 'org.petri.recipe-digest',
  base: 'org.petri.base',
} as const;
