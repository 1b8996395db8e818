import { z } from 'zod';
import { callTable, distribution, memoryModel, reading, recommendation } from './metrics.ts';
import { verdict } from './published.ts';

/** Descriptive statistics of one series, every value in the series' unit. */
export const statistics = z.object({
  unit: z.enum(['ns', 'ratio', 'count', 'bytes', 'pages', 'perSecond']),
  count: z.number().int().positive(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  median: z.number(),
  /** Of the sample (n − 1); 0 for a single value. */
  standardDeviation: z.number(),
  /** Approximate confidence interval of the median by the percentile bootstrap; null for fewer than five values, whose range `min` to `max` is all there is. */
  interval: z.object({ level: z.number(), low: z.number(), high: z.number(), resamples: z.number().int() }).nullable(),
  /** Indices of samples whose modified z-score (MAD) is above 3.5, none of fewer than six values. They are marked and kept. */
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

/** One metric over the counted samples of a subject; how it was obtained stands beside it as in each reading. */
export const metricSummary = reading.omit({ value: true }).extend({
  /** Of the samples that have it; null when none has, and `reason` says why. */
  statistics: statistics.nullable(),
  /** Samples in which no instrument gave it. */
  unavailable: z.number().int(),
});
export type MetricSummary = z.infer<typeof metricSummary>;

/** One call of the whole guest over the samples; latencies are of all its calls in all samples. */
export const callSummary = z.object({
  rank: z.number().int().positive(),
  name: z.string(),
  number: z.number().int(),
  group: z.string(),
  /** In one sample; a sample without the call counts as 0. */
  count: statistics,
  /** Its part of all calls of all samples, 0 to 1. */
  share: z.number(),
  /** In all samples; null where the system's convention does not tell. */
  errors: z.number().int().nullable(),
  unreturned: z.number().int(),
  processes: z.number().int(),
  latencyNs: distribution.nullable(),
  latencyInstructions: distribution.nullable(),
});
export type CallSummary = z.infer<typeof callSummary>;

/** `l1Data` to `instructionTlb` are hit ratios; the last two are 0 to 1 as in the sample's picture. */
export const memoryRatioName = z.enum(['l1Data', 'l1Instruction', 'lastLevel', 'dataTlb', 'instructionTlb', 'spatialLocality', 'tlbEffectiveness']);
export type MemoryRatioName = z.infer<typeof memoryRatioName>;

export const memorySummary = z.object({
  /** The worst of the samples, and its reason. */
  severity: z.object({ level: z.enum(['none', 'low', 'moderate', 'high']), why: z.string() }).nullable(),
  faultLatencyNs: distribution.nullable(),
  /** The machine that the model stands for; null where nothing was modelled. */
  model: memoryModel.nullable(),
  ratios: z.array(z.object({ name: memoryRatioName, statistics })),
  /** `mixed` when the samples differ. */
  accessPattern: z.enum(['sequential', 'strided', 'random', 'mixed', 'unknown']).nullable(),
  /** Each rule once, with the words of the first sample that it was said of. */
  recommendations: z.array(recommendation.extend({ samples: z.array(z.number().int()).min(1) })),
});
export type MemorySummary = z.infer<typeof memorySummary>;

/** What event instruments saw in the samples of one subject, warm-ups left out. */
export const eventSummary = z.object({
  /** Indices of the samples that it is of. */
  samples: z.array(z.number().int()).min(1),
  logicalTime: z.boolean(),
  window: statistics,
  metrics: z.array(metricSummary),
  /** The tables of all samples as one: counts are sums. */
  calls: callTable.nullable(),
  ranking: z.array(callSummary),
  roundTrips: z.object({ count: statistics, latencyNs: distribution.nullable(), latencyInstructions: distribution.nullable() }).nullable(),
  memory: memorySummary.nullable(),
  /** What was cut or went wrong, as a sentence for each. */
  notes: z.array(z.string()),
});
export type EventSummary = z.infer<typeof eventSummary>;

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
  /** Null for boots without events. */
  events: eventSummary.nullable().default(null),
});
export type SubjectSummary = z.infer<typeof subjectSummary>;

/** `ratio` is median of `b` over median of `a` for one phase's duration, for `boot`, or for `instructions` where both have counted them. */
export const comparison = z.object({
  a: z.string(),
  b: z.string(),
  metric: z.string(),
  ratio: z.number(),
  /** Null for fewer than five values a side. */
  interval: z.object({ level: z.number(), low: z.number(), high: z.number(), resamples: z.number().int() }).nullable(),
  /** Two-sided Mann–Whitney p-value and Cliff's delta, null for fewer than three values a side. */
  pValue: z.number().nullable(),
  cliffsDelta: z.number().nullable(),
  /** The metric that decides on the subject, or one that explains. */
  role: z.enum(['gate', 'information']).default('information'),
  /** False when machine, accelerator, QEMU, system or the way of measuring differ: then there is a ratio and no conclusion. */
  comparable: z.boolean(),
  /** Times are slower or faster, counts more or fewer. */
  conclusion: z.enum(['same', 'slower', 'faster', 'more', 'fewer', 'undecided', 'ratio only']),
  /** Why, as sentences. */
  reason: z.string().default(''),
});
export type Comparison = z.infer<typeof comparison>;

/** All that is derived from a run's samples. It is computed where it is shown and never stored. */
export const runSummary = z.object({ subjects: z.array(subjectSummary), comparisons: z.array(comparison) });
export type RunSummary = z.infer<typeof runSummary>;
