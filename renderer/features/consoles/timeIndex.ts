import type { TimeMark } from '../../../electron/contract/consoles.ts';
import { formatClock } from '../../components/quantities.ts';

export interface TimeIndex {
  add(marks: readonly TimeMark[]): void;
  /** When the byte at `offset` arrived (Unix ms), or null where no mark before it is known. */
  at(offset: number): number | null;
}

/** Sparse time marks of a console, sorted by offset. */
export function createTimeIndex(): TimeIndex {
  const marks: TimeMark[] = [];

  /** How many marks are at or before `offset`. */
  function countUntil(offset: number): number {
    let low = 0;
    let high = marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((marks[middle]?.offset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(more) {
      for (const mark of more) {
        const place = countUntil(mark.offset);
        if (marks[place - 1]?.offset !== mark.offset) marks.splice(place, 0, mark);
      }
    },
    at: (offset) => marks[countUntil(offset) - 1]?.atMs ?? null,
  };
}

/** A time of day with milliseconds, as the gutter shows it. */
export function formatTime(atMs: number | null): string {
  return atMs === null ? '' : formatClock(new Date(atMs), 'milliseconds');
}
