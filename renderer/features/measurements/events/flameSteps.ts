import { pathKey, type FlameBox } from './zoomedFlame.ts';

/** The box that an arrow key leads to: up to the caller, down to the widest callee, left and right along the row; null for no such box or another key. */
export function stepFrom(boxes: readonly FlameBox[], from: FlameBox, key: string): FlameBox | null {
  const row = boxes.filter(({ depth }) => depth === from.depth).toSorted((one, other) => one.from - other.from);
  const at = row.findIndex(({ path }) => pathKey(path) === pathKey(from.path));
  switch (key) {
    case 'ArrowLeft':
      return row[at - 1] ?? null;
    case 'ArrowRight':
      return row[at + 1] ?? null;
    case 'ArrowUp':
      return boxes.find(({ path }) => pathKey(path) === pathKey(from.path.slice(0, -1))) ?? null;
    case 'ArrowDown':
      return boxes.filter(({ path, depth }) => depth === from.depth + 1 && pathKey(path.slice(0, -1)) === pathKey(from.path)).toSorted((one, other) => other.width - one.width)[0] ?? null;
    case 'Home':
      return row[0] ?? null;
    case 'End':
      return row.at(-1) ?? null;
    default:
      return null;
  }
}
