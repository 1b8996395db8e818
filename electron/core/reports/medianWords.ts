import type { Statistics } from '../../contract/summaries.ts';

/** Of fewer values an interval by the bootstrap is their range, whatever its level says. */
export const FEWEST_FOR_INTERVAL = 5;

/** `median of 5 boots`; of one there is no median. */
export function medianOf(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `median of ${count} ${noun}s`;
}

/** How likely the range of so few values has the true median in it: it is outside when all of them lie on one side of it. */
export function rangeCoverage(count: number): string {
  return `${((1 - 2 ** (1 - count)) * 100).toFixed(0)} %`;
}

/** An interval behind a median, with what it is worth; `write` gives its bounds with their unit. */
export function intervalWords({ count, interval, min, max }: Pick<Statistics, 'count' | 'interval' | 'min' | 'max'>, noun: string, write: (low: number, high: number) => string): string {
  if (count === 1) return `, so nothing here says how much ${noun}s differ`;
  if (count < FEWEST_FOR_INTERVAL) return `, which range over ${write(min, max)}: so few give no 95 % interval, and their range has the true median in about ${rangeCoverage(count)} of such runs`;
  return interval === null ? '' : `, with a ${(interval.level * 100).toFixed(0)} % interval of ${write(interval.low, interval.high)}`;
}

/** The head of a column of medians; where all are of one value, no median stands in it. */
export function medianHead(statistics: readonly (Statistics | null)[]): string {
  const counts = statistics.flatMap((one) => one?.count ?? []);
  return counts.length > 0 && counts.every((count) => count === 1) ? 'Value' : 'Median';
}

/** The head of a column of intervals: of few values they are ranges. */
export function intervalHead(statistics: readonly (Statistics | null)[]): string {
  const counts = statistics.flatMap((one) => one?.count ?? []);
  return counts.length > 0 && Math.max(...counts) < FEWEST_FOR_INTERVAL ? 'Range' : '95 % interval';
}
