import { median } from 'simple-statistics';
import type { PhaseStamp, PhaseTable, Sample } from '../../contract/measurements.ts';
import type { PhaseSummary, SubjectSummary } from '../../contract/summaries.ts';
import { countedSamples, durationSeries, phaseAt, seenPhases } from '../measurements/bootSeries.ts';
import { formatDuration, milliseconds } from './numbers.ts';

/** What a boot timeline shows. It may be built at any time of a run, also before the first boot has ended. */
export interface TimelineInput {
  /** Null while there is nothing to summarise. */
  readonly summary: SubjectSummary | null;
  /** The run's samples; those of other subjects, warm-ups and failed boots are left out here. */
  readonly samples: readonly Sample[];
  readonly phaseTable: PhaseTable;
  /** Stamps of the boot that is running now. */
  readonly live?: readonly PhaseStamp[];
  /** What is said of the time before the first phase; that it is of QEMU and firmware when it is not given. */
  readonly before?: string;
  /** Finest step of the stamps; labels are never finer. 1 µs when it is not given. */
  readonly resolutionNs?: number;
}

/**
 * One row of the timeline in milliseconds since the first phase. `start` is where the boots had come to (median)
 * when the phase before was stamped; `median`, `low`, `high`, `boots` and `outliers` are durations laid from there.
 */
export interface TimelineRow {
  readonly name: string;
  readonly title: string;
  readonly state: 'measured' | 'live' | 'missing' | 'unobservable' | 'waiting';
  /** True for the first phase: its time is that of QEMU, firmware and loader. */
  readonly firmware: boolean;
  readonly start: number;
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly boots: readonly number[];
  readonly outliers: readonly number[];
  readonly live: number | null;
  readonly label: string;
  readonly note: string;
}

export function timelineRows(input: TimelineInput): TimelineRow[] {
  const { phaseTable, summary } = input;
  const counted = summary === null ? [] : countedSamples(input.samples, summary.key);
  const live = new Map((input.live ?? []).flatMap((stamp) => (stamp.status === 'seen' ? [[stamp.name, stamp.atNs] as const] : [])));
  const seen = seenPhases(phaseTable, counted);
  const base = seen[0] ?? phaseTable.phases.find(({ name }) => live.has(name))?.name ?? null;
  let reached = 0;
  return phaseTable.phases.map(({ name, title, pattern }) => {
    const phase = summary?.phases.find((candidate) => candidate.name === name) ?? null;
    const firmware = name === base;
    const statistics = phase?.duration ?? null;
    const liveDuration = liveSince(phaseTable, live, name);
    const own = statistics?.median ?? liveDuration;
    const start = firmware && own !== null ? -milliseconds(own) : reached;
    reached = reachedBy(counted, live, base, name) ?? reached;
    const place = (duration: number): number => start + milliseconds(duration);
    const durations = durationSeries(counted, seen, name);
    const isOutlier = (position: number): boolean => statistics?.outliers.includes(durations.indices[position] ?? -1) ?? false;
    const silent = pattern === null || phase?.observable === false;
    return {
      name,
      title,
      state: stateOf(silent, phase, liveDuration),
      firmware,
      start,
      median: statistics === null ? null : place(statistics.median),
      low: statistics?.interval ? place(statistics.interval.low) : null,
      high: statistics?.interval ? place(statistics.interval.high) : null,
      boots: durations.values.filter((_, position) => !isOutlier(position)).map(place),
      outliers: durations.values.filter((_, position) => isOutlier(position)).map(place),
      live: liveDuration === null ? null : place(liveDuration),
      ...wordsFor(phase, stateOf(silent, phase, liveDuration), own, firmware ? (input.before ?? 'QEMU and firmware') : '', input.resolutionNs),
    };
  });
}

/** Time in the running boot since the nearest earlier phase that it printed; since the spawn of QEMU for its first. */
function liveSince({ phases }: PhaseTable, live: ReadonlyMap<string, number>, name: string): number | null {
  const own = live.get(name);
  if (own === undefined) return null;
  const position = phases.findIndex((phase) => phase.name === name);
  const before = phases.slice(0, position).findLast((phase) => live.has(phase.name));
  return own - (before === undefined ? 0 : (live.get(before.name) ?? 0));
}

/** Median over the boots of the time from the base phase to `name`, in milliseconds; the running boot's when it is the only one. */
function reachedBy(counted: readonly Sample[], live: ReadonlyMap<string, number>, base: string | null, name: string): number | null {
  if (base === null) return null;
  const since = (zero: number | null | undefined, own: number | null | undefined): number[] =>
    zero === undefined || zero === null || own === undefined || own === null ? [] : [milliseconds(own - zero)];
  const finished = counted.flatMap((sample) => since(phaseAt(sample, base), phaseAt(sample, name)));
  const times = finished.length > 0 ? finished : since(live.get(base), live.get(name));
  return times.length === 0 ? null : median(times);
}

function stateOf(silent: boolean, summary: PhaseSummary | null, live: number | null): TimelineRow['state'] {
  if (silent) return 'unobservable';
  if (summary?.duration) return 'measured';
  if (live !== null) return 'live';
  return summary !== null && summary.missing > 0 ? 'missing' : 'waiting';
}

function wordsFor(
  summary: PhaseSummary | null,
  state: TimelineRow['state'],
  duration: number | null,
  before: string,
  resolutionNs: number | undefined,
): { label: string; note: string } {
  if (state === 'unobservable') return { label: 'prints nothing', note: '' };
  if (state === 'missing') return { label: 'missing', note: '' };
  if (duration === null) return { label: '', note: '' };
  const missing = summary !== null && summary.missing > 0 ? [`missing in ${summary.missing}, seen in ${summary.seen}`] : [];
  const notes = [...(before === '' ? [] : [before]), ...missing];
  return { label: formatDuration(duration, resolutionNs), note: notes.join(', ') };
}
