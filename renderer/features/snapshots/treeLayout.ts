import type { Snapshot, SnapshotTree } from '../../../electron/contract/snapshots.ts';

/** One row of the drawn tree: a snapshot, or with null the state that the guest is in now. */
export interface TreeRow {
  readonly snapshot: Snapshot | null;
  /** The column of the row's dot; the line that leads to the present is the first. */
  readonly lane: number;
  /** Depth below the root, from 1. */
  readonly level: number;
  /** The row that it stands on. */
  readonly parent: number | null;
  readonly children: readonly number[];
}

type Node = Snapshot | null;

/**
 * Rows from the oldest down. A branch stands directly below what it left, one lane to the right; the line to the present
 * goes on in its own lane past its branches and ends with the present in the last row.
 */
export function layoutTree({ snapshots, current }: Pick<SnapshotTree, 'snapshots' | 'current'>): TreeRow[] {
  const known = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const parentOf = ({ parent }: Snapshot): string | null => (parent !== null && known.has(parent) ? parent : null);
  const childrenOf = Map.groupBy(snapshots.toSorted((one, other) => one.createdAt.localeCompare(other.createdAt)), parentOf);
  const here = current !== null && known.has(current) ? current : null;
  const toPresent = new Set<string>();
  for (let at = here; at !== null; at = parentOf(known.get(at) as Snapshot)) toPresent.add(at);

  const rows: { snapshot: Node; lane: number; level: number; parent: number | null; children: number[] }[] = [];

  /** Side branches in the order of their making, and last what goes straight on: the way to the present, or the newest. */
  function inOrder(id: string | null): Node[] {
    const children = childrenOf.get(id) ?? [];
    if (id === here) return [...children, null];
    const straight = children.find((child) => toPresent.has(child.id)) ?? children.at(-1);
    return straight === undefined ? [] : [...children.filter((child) => child !== straight), straight];
  }

  function place(node: Node, lane: number, level: number, parent: number | null): void {
    const index = rows.push({ snapshot: node, lane, level, parent, children: [] }) - 1;
    if (parent !== null) rows[parent]?.children.push(index);
    if (node !== null) placeAll(inOrder(node.id), lane, level + 1, index);
  }

  function placeAll(nodes: readonly Node[], lane: number, level: number, parent: number | null): void {
    nodes.forEach((node, index) => place(node, index === nodes.length - 1 ? lane : lane + 1, level, parent));
  }

  placeAll(inOrder(null), 0, 1, null);
  return rows;
}

/** The row that a key leads to from `index`, as in any tree: to the parent, into the branch, up, down, to the ends. */
export function rowAfterKey(rows: readonly TreeRow[], index: number, key: string): number | null {
  const row = rows[index];
  if (row === undefined) return null;
  switch (key) {
    case 'ArrowDown':
      return Math.min(rows.length - 1, index + 1);
    case 'ArrowUp':
      return Math.max(0, index - 1);
    case 'ArrowLeft':
      return row.parent ?? index;
    case 'ArrowRight':
      return row.children[0] ?? index;
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    default:
      return null;
  }
}

export interface Edge {
  readonly key: string;
  readonly path: string;
  /** Whether it is part of the way to the present. */
  readonly main: boolean;
}

/** The lines between the dots, as SVG paths. Sizes are pixels. */
export function edgesOf(rows: readonly TreeRow[], laneWidth: number, rowHeight: number): Edge[] {
  const x = (lane: number): number => laneWidth / 2 + lane * laneWidth;
  const y = (index: number): number => rowHeight / 2 + index * rowHeight;
  const present = new Set<number>();
  for (let at: number | null = rows.findIndex(({ snapshot }) => snapshot === null); at !== null && at >= 0; at = rows[at]?.parent ?? null) present.add(at);
  return rows.flatMap(({ lane, parent }, index) => {
    const above = parent === null ? undefined : rows[parent];
    if (parent === null || above === undefined) return [];
    const main = present.has(index);
    if (above.lane === lane) return [{ key: String(index), main, path: `M${x(lane)} ${y(parent)}V${y(index)}` }];
    const [from, to, end] = [x(above.lane), x(lane), y(index)];
    const start = end - rowHeight;
    return [{ key: String(index), main, path: `M${from} ${start}C${from} ${start + rowHeight * 0.7} ${to} ${end - rowHeight * 0.7} ${to} ${end}` }];
  });
}

export function sizeOf({ memoryBytes, diskBytes }: Snapshot): number {
  return (memoryBytes ?? 0) + diskBytes;
}

/** A snapshot's name that is free: the time of day would say nothing tomorrow. */
export function nextName(snapshots: readonly Snapshot[]): string {
  for (let number = snapshots.filter(({ safety }) => !safety).length + 1; ; number += 1) {
    const name = `Snapshot ${number}`;
    if (!snapshots.some((snapshot) => snapshot.name === name)) return name;
  }
}
