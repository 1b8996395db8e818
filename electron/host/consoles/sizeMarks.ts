import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SizeMark } from '../../core/consoles/asciicast.ts';
import type { ConsoleDirectories } from './consoleDirectories.ts';

const NAME = 'sizes.txt';

/** Remembers beside a console's log how large its terminal was from which byte on: a line `offset time columns rows` for each. */
export function createSizeMarks({ of }: ConsoleDirectories) {
  const pathOf = (id: string): string => join(of(id), NAME);
  return {
    note(id: string, { offset, atMs, columns, rows }: SizeMark): void {
      try {
        appendFileSync(pathOf(id), `${offset} ${atMs} ${columns} ${rows}\n`, { mode: 0o600 });
      } catch {
        // On a full disk the log is worth more than the size of a recording made from it.
      }
    },
    /** Oldest first; none for a console without a terminal. */
    of(id: string): SizeMark[] {
      return linesOf(pathOf(id)).flatMap((line) => {
        const [offset = NaN, atMs = NaN, columns = NaN, rows = NaN] = line.split(' ').map(Number);
        // A line that a crash cut off is none.
        return [offset, atMs, columns, rows].every(Number.isFinite) ? [{ offset, atMs, columns, rows }] : [];
      });
    },
  };
}

/** Whole lines only. */
function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  } catch {
    // Nobody ever told a size.
    return [];
  }
}
