import type { PublishedValue, Verdict } from '../../contract/published.ts';
import type { Report } from '../../contract/reports.ts';
import { metricTitle } from '../charts/phaseIntervals.ts';
import { tableOfKey } from '../measurements/subjectTable.ts';

export interface VerdictRow {
  readonly subject: string;
  readonly metric: string;
  readonly published: PublishedValue | null;
  readonly verdict: Verdict;
}

/** All verdicts of a report in the order of its subjects and phases. */
export function verdictRows({ summary, published, run }: Report): VerdictRow[] {
  return summary.subjects.flatMap((subject) => {
    const whole = subject.verdicts.map((entry) => ({ ...entry, metric: 'boot' }));
    const phases = subject.phases.flatMap((phase) => phase.verdicts.map((entry) => ({ ...entry, metric: phase.name })));
    return [...whole, ...phases].map((entry) => ({
      subject: subject.label,
      metric: metricTitle(entry.metric, tableOfKey(run, subject.key)),
      published: published.find((value) => value.id === entry.published) ?? null,
      verdict: entry.verdict,
    }));
  });
}

/** A published value as its source gives it: `35–65 ms`; a baseline's nanoseconds as milliseconds. */
export function publishedText({ low, high, unit }: PublishedValue): string {
  const text = (value: number): string => (unit === 'ns' ? (value / 1e6).toFixed(3) : String(value));
  return `${low === high ? text(low) : `${text(low)}–${text(high)}`} ${unit === 'ns' ? 'ms' : unit}`;
}
