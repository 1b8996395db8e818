import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { FEWEST_FOR_OUTLIERS, OUTLIER_SCORE } from './outliers.ts';

const share = z.number().min(0).max(1);

/** What a simulation found for one number of values, one shape and one coefficient of variation. */
const coverageRow = z.object({
  count: z.number().int().positive(),
  shape: z.string(),
  variation: z.number().positive(),
  /** How often the 95 % interval held the truth. */
  covered: z.object({ median: share, ratio: share, delta: share }),
  /** The same of the bias-corrected and accelerated bootstrap, which is not used. */
  acceleratedCovered: z.object({ median: share, ratio: share }),
  /** How often two equal things were called different. */
  falseAlarms: share,
  /** How often two equal things were called the same. */
  calledSame: z.object({ time: share, count: share }),
  /** How often a change of so much was found, in the right direction. */
  found: z.object({ onePercent: share, fivePercent: share, twentyPercent: share }),
  /** How often a change of the size that was stated as detectable was found; it should be four of five. */
  foundDetectable: share,
});
export type CoverageRow = z.infer<typeof coverageRow>;

const trendRow = z.object({
  runs: z.number().int().positive(),
  /** How often at least one change was marked in runs that were all alike. */
  falseAlarms: share,
  /** How often a step of one, two and three standard deviations between runs in the middle was marked. */
  found: z.object({ oneDeviation: share, twoDeviations: share, threeDeviations: share }),
});

/** resources/statistics/coverage.json */
export const coverageTable = z.object({
  date: z.iso.date(),
  command: z.string(),
  seed: z.number().int(),
  /** Simulated comparisons for each row. */
  repeats: z.number().int().positive(),
  level: z.number(),
  resamples: z.number().int(),
  /** Of the files of the statistics, in this order. */
  source: z.object({ digest: z.string(), files: z.array(z.string()) }),
  rows: z.array(coverageRow).min(1),
  /** So many metrics of two equal things, corrected together by Holm: how often at least one was called different. */
  families: z.array(z.object({ count: z.number().int(), metrics: z.number().int(), falseAlarms: share })),
  trends: z.array(trendRow),
  /** Values of one distribution without any outlier: how often a series had a mark, and how many of the values were marked. */
  outliers: z.array(z.object({ count: z.number().int(), shape: z.string(), series: share, values: share })),
});
export type CoverageTable = z.infer<typeof coverageTable>;

/** Reads the table from the parsed text of `file`. Throws RESOURCE_INVALID. */
export function loadCoverage(file: string, json: unknown): CoverageTable {
  const parsed = coverageTable.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new DeclaredError('RESOURCE_INVALID', { file, issues: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) });
}

/** What may be said of numbers of values without knowing how they are spread: the worst and the best over all shapes. */
export interface StatedCoverage {
  /** The simulated number of values that the statement is of. */
  readonly count: number;
  readonly median: Range;
  readonly ratio: Range;
  readonly falseAlarms: Range;
  /** For a page or a report, in plain English. */
  readonly sentence: string;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * The measured coverage for `count` values: of the largest simulated number that is not above it, for with more values the
 * intervals are better. Null for fewer than were simulated.
 */
export function statedCoverage(table: CoverageTable, count: number): StatedCoverage | null {
  const simulated = Math.max(...table.rows.map((row) => row.count).filter((rowCount) => rowCount <= count));
  if (!Number.isFinite(simulated)) return null;
  const rows = table.rows.filter((row) => row.count === simulated);
  const median = rangeOf(rows.map(({ covered }) => covered.median));
  const ratio = rangeOf(rows.map(({ covered }) => covered.ratio));
  const falseAlarms = rangeOf(rows.map((row) => row.falseAlarms));
  return { count: simulated, median, ratio, falseAlarms, sentence: sentenceOf(table, { count: simulated, median, ratio, falseAlarms }) };
}

/** How often the range of so few values holds the median of what they are drawn from: all lie on one side of it with 2 · ½ⁿ. */
export function rangeCoverage(count: number): number {
  return 1 - 2 ** (1 - count);
}

/** The same sentence for any number of values: what an interval of so many is worth, or that there is none and what the range is worth. */
export function coverageSentence(table: CoverageTable, count: number): string {
  const stated = statedCoverage(table, count);
  if (stated !== null) return stated.sentence;
  if (count < 2) return 'One value has no interval, and nothing can be said of how it varies.';
  return (
    `${count} values a side have no interval: fewer than ${Math.min(...table.rows.map((row) => row.count))} were not simulated. The range of ${count} values holds the true median in ` +
    `${percent(rangeCoverage(count))} of cases, and says less than it seems to.`
  );
}

/** What marks of outliers are worth among so many values, as a sentence. */
export function outlierSentence({ outliers }: CoverageTable, count: number): string {
  const marked = `Outliers (a modified z-score above ${OUTLIER_SCORE}) are marked from ${FEWEST_FOR_OUTLIERS} values on, and kept in every number.`;
  const simulated = Math.max(...outliers.map((row) => row.count).filter((rowCount) => rowCount <= count));
  if (count < FEWEST_FOR_OUTLIERS || !Number.isFinite(simulated)) return `${marked} Of ${count} none is: so few would be marked by chance.`;
  const rows = outliers.filter((row) => row.count === simulated);
  return `${marked} Simulated with ${simulated} values of one distribution, ${between(rangeOf(rows.map(({ series }) => series)))} of series had a mark by chance, on ${between(rangeOf(rows.map(({ values }) => values)))} of the values.`;
}

/** How often changes were found at that number of values and that coefficient of variation, over all shapes; null for what was not simulated. */
export function statedPower(table: CoverageTable, count: number, variation: number): { readonly fivePercent: Range; readonly twentyPercent: Range } | null {
  const rows = table.rows.filter((row) => row.count === count && row.variation === variation);
  if (rows.length === 0) return null;
  return { fivePercent: rangeOf(rows.map(({ found }) => found.fivePercent)), twentyPercent: rangeOf(rows.map(({ found }) => found.twentyPercent)) };
}

/**
 * What the marks of a trend over `runs` runs that may be compared are worth, as a sentence: of the largest simulated number that
 * is not above it, or that so few cannot show a change.
 */
export function trendSentence(table: CoverageTable, runs: number): string {
  const simulated = table.trends.filter((row) => row.runs <= runs).toSorted((one, other) => other.runs - one.runs)[0];
  const fewest = Math.min(...table.trends.map((row) => row.runs));
  if (simulated === undefined) return `Fewer than ${fewest} runs that may be compared can hardly show a change: none is marked by chance, and none is found.`;
  const { falseAlarms, found } = simulated;
  return (
    `Simulated with ${simulated.runs} runs: a change was marked in ${percent(falseAlarms)} of series without one; a step of one, two and three standard ` +
    `deviations between runs was found in ${percent(found.oneDeviation)}, ${percent(found.twoDeviations)} and ${percent(found.threeDeviations)}.`
  );
}

function rangeOf(shares: readonly number[]): Range {
  return { low: Math.min(...shares), high: Math.max(...shares) };
}

function sentenceOf({ level, repeats, rows }: CoverageTable, { count, median, ratio, falseAlarms }: Omit<StatedCoverage, 'sentence'>): string {
  const kinds = new Set(rows.map(({ shape }) => shape)).size;
  return (
    `Simulated with ${count} values a side, ${kinds} shapes of distribution and ${repeats.toLocaleString('en')} repeats each: the ${percent(level)} interval of the median ` +
    `held the truth in ${between(median)}, that of the ratio in ${between(ratio)} of cases; two equal things were called different in ${between(falseAlarms)}.`
  );
}

/** A share as a sentence gives it: `92.1–94.8 %`. */
export function between({ low, high }: Range): string {
  return low === high ? percent(low) : `${(low * 100).toFixed(1)}–${percent(high)}`;
}

function percent(part: number): string {
  return `${Number((part * 100).toFixed(1))} %`;
}
