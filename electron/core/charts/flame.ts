import type { Profile, ProfileNode } from '../../contract/metrics.ts';

/** One box of a flame graph: where it begins and how wide it is as parts of the whole, 0 to 1. */
export interface FlameFrame {
  /** Its place in the layout; a page can go from frame to frame by it. */
  readonly index: number;
  /** The frame that called it, null for the root. */
  readonly parent: number | null;
  readonly symbol: string;
  /** The root has 0. */
  readonly depth: number;
  readonly start: number;
  readonly width: number;
  readonly self: number;
  readonly total: number;
}

export interface FlameLayout {
  /** Callers before what they call, the heaviest first: the order in which one reads them. */
  readonly frames: readonly FlameFrame[];
  /** How many levels there are. */
  readonly depth: number;
  /** Frames that are too narrow or too deep to be drawn. */
  readonly left: number;
}

export interface FlameLimits {
  /** Frames that are a smaller part of the whole are left out, with all that they called. */
  readonly narrowest: number;
  readonly deepest: number;
}

/** Where each frame of a profile stands. Children begin where their caller begins, side by side, as wide as their samples are many. */
export function flameLayout({ root }: Profile, { narrowest, deepest }: FlameLimits = { narrowest: 0.0005, deepest: 200 }): FlameLayout {
  const frames: FlameFrame[] = [];
  let left = 0;
  let depth = 0;
  const place = (node: ProfileNode, level: number, start: number, parent: number | null): void => {
    const width = root.total === 0 ? 0 : node.total / root.total;
    if (level >= deepest || width < narrowest) {
      left += countNodes(node);
      return;
    }
    const index = frames.length;
    frames.push({ index, parent, symbol: node.symbol, depth: level, start, width, self: node.self, total: node.total });
    depth = Math.max(depth, level + 1);
    let at = start;
    for (const child of node.children) {
      place(child, level + 1, at, index);
      at += root.total === 0 ? 0 : child.total / root.total;
    }
  };
  place(root, 0, 0, null);
  return { frames, depth, left };
}

function countNodes({ children }: ProfileNode): number {
  return children.reduce((sum, child) => sum + countNodes(child), 1);
}

/** How many samples each function itself has, wherever it was called from. */
export function ownSums({ root }: Profile): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const visit = ({ symbol, self, children }: ProfileNode): void => {
    sums.set(symbol, (sums.get(symbol) ?? 0) + self);
    children.forEach(visit);
  };
  visit(root);
  return sums;
}

/** A number of 0 to `tints` − 1 for a name, the same everywhere, so that a function has one colour. */
export function tintOf(symbol: string, tints: number): number {
  let hash = 0;
  for (let at = 0; at < symbol.length; at++) hash = (hash * 31 + symbol.charCodeAt(at)) >>> 0;
  return hash % tints;
}
