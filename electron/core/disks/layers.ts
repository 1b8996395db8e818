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

/** Whether anything but this root rests on a layer: another root on it or above it. */
export function isShared(layers: ReadonlyMap<string, LayerLink>, layer: string, roots: Iterable<string>, own: string): boolean {
  for (const root of roots) if (root !== own && chainOf(layers, root).some(({ id }) => id === layer)) return true;
  return false;
}
