import type { IMarker, Terminal } from '@xterm/xterm';

export interface TimeGutter {
  /** Remembers that what is written next arrived at `offset`. */
  mark(offset: number): void;
  /** One offset for each visible row, the nearest mark at or above it; null above the first mark. */
  visibleOffsets(): (number | null)[];
}

// Each line that scrolls out asks every mark, so there are few: when there are too many, every second one goes.
const MOST_MARKS = 400;

/** Knows for the rows of a terminal which offset of the log they came from; marks go away with their lines. */
export function createTimeGutter(terminal: Terminal): TimeGutter {
  const marked: { marker: IMarker; offset: number }[] = [];
  return {
    mark(offset) {
      const last = marked.at(-1);
      const marker = terminal.registerMarker(0);
      if (last?.marker.line === marker.line) {
        marker.dispose();
        return;
      }
      if (marked.length >= MOST_MARKS) for (const entry of marked.filter((_, index) => index % 2 === 1)) entry.marker.dispose();
      const entry = { marker, offset };
      marked.push(entry);
      marker.onDispose(() => {
        const at = marked.indexOf(entry);
        if (at !== -1) marked.splice(at, 1);
      });
    },
    visibleOffsets() {
      const top = terminal.buffer.active.viewportY;
      let at = -1;
      return Array.from({ length: terminal.rows }, (_, row) => {
        while ((marked[at + 1]?.marker.line ?? Infinity) <= top + row) at += 1;
        return marked[at]?.offset ?? null;
      });
    },
  };
}
