import { z } from 'zod';
import { verdict } from './published.ts';

/** Descriptive statistics of one series, every value in the series' unit. */
export const statistics = z.object({
  unit: z.enum(['ns', 'ratio']),
  count: z.number().int().positive(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  median: z.number(),
  /** Of the sample (n − 1); 0 for a single value. */
  standardDeviation: z.number(),
  /** Approximate confidence interval of the median by the percentile bootstrap; null for fewer than three values. */
  interval: z.object({ level: z.number(), low: z.number(), high: z.number(), resamples: z.number().int() }).nullable(),
  /** Indices of samples whose modified z-score (MAD) is above 3.5. They are marked and kept. */
  outliers: z.array(z.number().int()),
});
export type Statistics = z.infer<typeof statistics>;

/**
 * A phase over all counted boots of one subject. `at` is its stamp since the spawn of QEMU, `duration` the time since
 * the stamp of the phase before it (since the spawn for the first).
 */
export const phaseSummary = z.object({
  name: z.string(),
  title: z.string(),
  at: statistics.nullable(),
  duration: statistics.nullable(),
  seen: z.number().int(),
  missing: z.number().int(),
  observable: z.boolean(),
  verdicts: z.array(z.object({ published: z.string(), verdict })),
});
export type PhaseSummary = z.infer<typeof phaseSummary>;

export const subjectSummary = z.object({
  key: z.string(),
  label: z.string(),
  complete: z.number().int(),
  incomplete: z.number().int(),
  failed: z.number().int(),
  phases: z.array(phaseSummary),
  /** Spawn of QEMU to the first byte: QEMU, firmware and the loader. */
  firstByte: statistics.nullable(),
  /** First phase to last: the boot of the system itself. */
  boot: statistics.nullable(),
  /** Spawn of QEMU to the last phase. */
  total: statistics.nullable(),
  verdicts: z.array(z.object({ published: z.string(), verdict })),
});
export type SubjectSummary = z.infer<typeof subjectSummary>;

/** `ratio` is median of `b` over median of `a` for one phase's duration, or for `boot`. */
export const comparison = z.object({
  a: z.string(),
  b: z.string(),
  metric: z.string(),
  ratio: z.number(),
  interval: z.object({ level: z.number(), low: z.number(), high: z.number(), resamples: z.number().int() }).nullable(),
  /** Two-sided Mann–Whitney p-value and Cliff's delta, null for fewer than three values a side. */
  pValue: z.number().nullable(),
  cliffsDelta: z.number().nullable(),
  /** False when machine, accelerator or QEMU differ: then there is a ratio and no conclusion. */
  comparable: z.boolean(),
  conclusion: z.enum(['same', 'slower', 'faster', 'undecided', 'ratio only']),
});
export type Comparison = z.infer<typeof comparison>;

/** All that is derived from a run's samples. It is computed where it is shown and never stored. */
export const runSummary = z.object({ subjects: z.array(subjectSummary), comparisons: z.array(comparison) });
export type RunSummary = z.infer<typeof runSummary>;
