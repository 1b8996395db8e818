import type { Certainty, MemoryPicture, MetricName } from '../../contract/metrics.ts';

/** What an instrument says of one metric before anything was seen, as instruments give it. */
interface Outlook {
  readonly metric: MetricName;
  readonly certainty: Certainty;
  readonly technique: string;
  readonly resolution: number | null;
  readonly reason: string | null;
}

/** No instrument tells minor from major faults by itself; a window in which the guest read from no drive does. */
export function minorAndMajorOutlook(outlook: readonly Outlook[], memory: MemoryPicture | null): readonly Outlook[] {
  if (memory?.faults?.minor == null) return outlook;
  const technique = 'page faults of a window in which the guest read from no drive';
  const known: Outlook[] = (['minorPageFaults', 'majorPageFaults'] as const).map((metric) => ({ metric, certainty: 'measured', technique, resolution: 1, reason: null }));
  return [...known, ...outlook.filter(({ metric }) => !known.some((other) => other.metric === metric))];
}
