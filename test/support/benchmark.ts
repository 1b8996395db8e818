import { median } from 'simple-statistics';
import { formatDuration } from '../../electron/core/charts/numbers.ts';
import { medianInterval, ratioInterval } from '../../electron/core/statistics/bootstrap.ts';
import { createRandomGenerator } from '../../electron/core/statistics/randomGenerator.ts';

/** One line of the table that `npm run bench` prints. */
export interface BenchmarkRow {
  readonly name: string;
  readonly ours: string;
  readonly reference: string;
  readonly ratio: string;
  readonly target: string;
  readonly runs: number;
  readonly met: boolean;
}

const NS_PER_MS = 1e6;
const SEED = 1;

/** A median with its interval, of durations in milliseconds. */
export function inMilliseconds(values: readonly number[]): string {
  const format = (value: number): string => formatDuration(value * NS_PER_MS);
  const interval = medianInterval(values, createRandomGenerator(SEED));
  return interval === null ? format(median([...values])) : `${format(median([...values]))} [${format(interval.low)}, ${format(interval.high)}]`;
}

/** The ratio of two medians, ours over the reference, with its interval. */
export function ratioOf(ours: readonly number[], reference: readonly number[]): { value: number; text: string } {
  const value = median([...ours]) / median([...reference]);
  const interval = ratioInterval(reference, ours, createRandomGenerator(SEED));
  return { value, text: interval === null ? value.toFixed(3) : `${value.toFixed(3)} [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]` };
}

/** Hands the rows of one benchmark to `npm run bench`, which reads this program's stdout. */
export function printRows(rows: readonly BenchmarkRow[]): void {
  process.stdout.write(`${JSON.stringify(rows)}\n`);
}

/** Says on stderr how far a benchmark is. */
export function sayProgress(text: string): void {
  process.stderr.write(`  ${text}\n`);
}
