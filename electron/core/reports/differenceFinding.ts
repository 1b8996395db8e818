import { formatRatio } from '../charts/numbers.ts';

/** What was found between a subject and the baseline in one metric. */
export interface Difference {
  readonly label: string;
  readonly baseline: string;
  readonly control: boolean;
  /** What the metric is called. */
  readonly metric: string;
  /** The verdict in the words of the metric's unit. */
  readonly word: string;
  readonly reason: string;
  readonly ratio: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** A difference as a sentence, with its reason. */
export function differenceFinding({ label, baseline, control, metric, word, reason, ratio, interval }: Difference): string {
  const range = interval === null ? '' : ` (interval ${formatRatio(interval.low)} to ${formatRatio(interval.high)})`;
  const words = ratio === null ? 'no ratio' : `a ratio of ${formatRatio(ratio)}${range}`;
  return `${control ? 'The control ' : ''}“${label}” against “${baseline}”, by ${metric}: ${word}, with ${words}. ${reason}`;
}
