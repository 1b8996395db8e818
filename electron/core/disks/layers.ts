/** One file of a disk's content; all but the newest of a disk never change again. */
export interface LayerLink {
  readonly id: string;
  readonly parent: string | null;
}

/** From a layer down to its base, the layer itself first. A link that leads back, or nowhere, ends the chain. */
export function chainOf<Layer extends LayerLink>(layers: ReadonlyMap<string, Layer>, newest: string | null): Layer[] {
  const chain: Layer[] = [];
  const seen = new Set<string>();
  for (let id = newest; id !== null && !seen.has(id); ) {
    const layer = layers.get(id);
    if (layer === undefined) break;
    seen.add(id);
    chain.push(layer);
    id = layer.parent;
  }
  return chain;
}

/** Layers that nothing rests on: neither a root nor below one. */
export function unneededLayers<Layer extends LayerLink>(layers: ReadonlyMap<string, Layer>, roots: Iterable<string>): Layer[] {
  const needed = new Set<string>();
  for (const root of roots) for (const { id } of chainOf(layers, root)) needed.add(id);
  return [...layers.values()].filter(({ id }) => !needed.has(id));
}

/** Layers that nothing refers to, between two others that stay. */
export interface Merge<Layer> {
  /** Frozen; it takes over what those between have. */
  readonly upper: Layer;
  readonly between: readonly Layer[];
  readonly lower: Layer;
}

/**
 * Which layers can become one with the layer above them, so that chains end to grow with snapshots that are gone. `newest`
 * are those that disks write to: they are never an upper one, because only what never changes can be copied meanwhile.
 */
export function possibleMerges<Layer extends LayerLink>(layers: ReadonlyMap<string, Layer>, roots: Iterable<string>, newest: ReadonlySet<string>): Merge<Layer>[] {
  const rooted = new Set(roots);
  const children = new Map<string, string[]>();
  for (const { id, parent } of layers.values()) if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), id]);
  const isLoose = ({ id, parent }: Layer): boolean => parent !== null && !rooted.has(id) && children.get(id)?.length === 1;
  /** A loose layer under a frozen one becomes a part of that one, so it takes over nothing itself. */
  const isUpper = (layer: Layer): boolean => !newest.has(layer.id) && !(isLoose(layer) && !newest.has(children.get(layer.id)?.[0] ?? ''));
  return [...layers.values()].filter(isUpper).flatMap((upper) => {
    const below = chainOf(layers, upper.id).slice(1);
    const length = below.findIndex((layer) => !isLoose(layer));
    const lower = below[length];
    return length < 1 || lower === undefined ? [] : [{ upper, between: below.slice(0, length), lower }];
  });
}

/** Whether anything but this root rests on a layer: another root on it or above it. */
export function isShared(layers: ReadonlyMap<string, LayerLink>, layer: string, roots: Iterable<string>, own: string): boolean {
  for (const root of roots) if (root !== own && chainOf(layers, root).some(({ id }) => id === layer)) return true;
  return false;
}
