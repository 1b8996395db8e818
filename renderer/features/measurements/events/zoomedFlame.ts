import type { ProfileNode } from '../../../../electron/contract/metrics.ts';

/** One box of a flame graph. Places are parts of the picture's width, 0 to 1. */
export interface FlameBox {
  /** From the root's child on; its text is the box's key. */
  readonly path: readonly string[];
  readonly symbol: string;
  readonly depth: number;
  readonly from: number;
  readonly width: number;
  readonly self: number;
  readonly total: number;
}

export function pathKey(path: readonly string[]): string {
  return path.join('\n');
}

/** The node at a path; null where there is none. */
export function nodeAt(root: ProfileNode, path: readonly string[]): ProfileNode | null {
  return path.reduce<ProfileNode | null>((node, symbol) => node?.children.find((child) => child.symbol === symbol) ?? null, root);
}

/**
 * The boxes below what is in focus, which fills the width; its callers are boxes of the whole width above it. The root itself has none.
 * What would be narrower than `least` of the width is left out with all below it: no eye could tell it.
 */
export function flameLayout(root: ProfileNode, focus: readonly string[] = [], least = 0): FlameBox[] {
  const boxes: FlameBox[] = [];
  for (let depth = 1; depth < focus.length; depth += 1) {
    const path = focus.slice(0, depth);
    const node = nodeAt(root, path);
    if (node !== null) boxes.push({ path, symbol: node.symbol, depth: depth - 1, from: 0, width: 1, self: node.self, total: node.total });
  }
  const focused = nodeAt(root, focus);
  if (focused === null || focused.total === 0) return boxes;
  const place = (node: ProfileNode, path: readonly string[], from: number): void => {
    const width = node.total / focused.total;
    if (width < least) return;
    if (path.length > 0) boxes.push({ path, symbol: node.symbol, depth: path.length - 1, from, width, self: node.self, total: node.total });
    let at = from;
    for (const child of node.children) {
      place(child, [...path, child.symbol], at);
      at += child.total / focused.total;
    }
  };
  place(focused, focus, 0);
  return boxes;
}

/** What one symbol costs, wherever it was called from. A symbol that called itself is counted once for each sample. */
export interface SymbolCost {
  readonly symbol: string;
  readonly self: number;
  readonly total: number;
}

/** Every symbol, the costliest by itself first. */
export function symbolCosts(root: ProfileNode): SymbolCost[] {
  const costs = new Map<string, { self: number; total: number }>();
  const walk = ({ symbol, self, total, children }: ProfileNode, above: ReadonlySet<string>): void => {
    const cost = costs.get(symbol) ?? { self: 0, total: 0 };
    costs.set(symbol, { self: cost.self + self, total: cost.total + (above.has(symbol) ? 0 : total) });
    const within = new Set([...above, symbol]);
    for (const child of children) walk(child, within);
  };
  for (const child of root.children) walk(child, new Set());
  return [...costs].map(([symbol, cost]) => ({ symbol, ...cost })).toSorted((one, other) => other.self - one.self || other.total - one.total || one.symbol.localeCompare(other.symbol));
}
