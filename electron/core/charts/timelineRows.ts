import type { PhaseStamp, PhaseTable, Sample } from '../../contract/measurements.ts';
import type { PhaseSummary, SubjectSummary } from '../../contract/summaries.ts';
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

/** The boots of one subject that count: no warm-ups, none that failed. */
export function countedSamples(samples: readonly Sample[], subject: string | null): Sample[] {
  return samples.filter((sample) => !sample.warmUp && sample.outcome !== 'failed' && (subject === null || sample.subject === subject));
}

export function timelineRows(input: TimelineInput): TimelineRow[] {
  const boots = countedSamples(input.samples, input.summary?.key ?? null).map((sample) => ({ index: sample.index, at: stampTimes(sample.phases) }));
  const live = stampTimes(input.live ?? []);
  const base = baseTime(input.phaseTable, boots.map((boot) => boot.at), live);
  let reached: number | null = null;
  return input.phaseTable.phases.map(({ name, title, pattern }) => {
    const summary = input.summary?.phases.find((phase) => phase.name === name) ?? null;
    const firmware = name === base;
    const own = summary?.duration ?? null;
    const liveDuration = durationBefore(input.phaseTable, live, name);
    const first = own?.median ?? liveDuration;
    const start = firmware && first !== null ? -milliseconds(first) : (reached ?? 0);
    reached = reachedBy(boots, live, base, name) ?? reached;
    const durations = boots.flatMap(({ index, at }) => {
      const duration = durationBefore(input.phaseTable, at, name);
      return duration === null ? [] : [{ index, at: start + milliseconds(duration) }];
    });
    const isOutlier = (index: number): boolean => own?.outliers.includes(index) ?? false;
    return {
      name,
      title,
      state: stateOf(pattern === null, summary, liveDuration),
      firmware,
      start,
      median: own === null ? null : start + milliseconds(own.median),
      low: own?.interval ? start + milliseconds(own.interval.low) : null,
      high: own?.interval ? start + milliseconds(own.interval.high) : null,
      boots: durations.filter(({ index }) => !isOutlier(index)).map(({ at }) => at),
      outliers: durations.filter(({ index }) => isOutlier(index)).map(({ at }) => at),
      live: liveDuration === null ? null : start + milliseconds(liveDuration),
      ...wordsFor(summary, pattern === null, liveDuration, firmware, input.resolutionNs),
    };
  });
}

type Times = ReadonlyMap<string, number>;

function stampTimes(stamps: readonly PhaseStamp[]): Times {
  return new Map(stamps.flatMap((stamp) => (stamp.status === 'seen' ? [[stamp.name, stamp.atNs] as const] : [])));
}

/** The first phase of the table that any boot has reached: time zero of the picture. */
function baseTime(table: PhaseTable, boots: readonly Times[], live: Times): string | null {
  return table.phases.find(({ name }) => live.has(name) || boots.some((at) => at.has(name)))?.name ?? null;
}

/** Time since the nearest earlier phase that this boot printed; since the spawn of QEMU for its first. */
function durationBefore(table: PhaseTable, at: Times, name: string): number | null {
  const own = at.get(name);
  if (own === undefined) return null;
  const position = table.phases.findIndex((phase) => phase.name === name);
  const before = table.phases.slice(0, position).findLast((phase) => at.has(phase.name));
  return own - (before === undefined ? 0 : (at.get(before.name) ?? 0));
}

/** Median over the boots of the time from the base phase to `name`, in milliseconds; the running boot's when it is the only one. */
function reachedBy(boots: readonly { at: Times }[], live: Times, base: string | null, name: string): number | null {
  const since = (at: Times): number[] => {
    const [zero, own] = [base === null ? undefined : at.get(base), at.get(name)];
    return zero === undefined || own === undefined ? [] : [milliseconds(own - zero)];
  };
  const finished = boots.flatMap(({ at }) => since(at));
  return median(finished.length > 0 ? finished : since(live));
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

function stateOf(silent: boolean, summary: PhaseSummary | null, live: number | null): TimelineRow['state'] {
  if (silent || summary?.observable === false) return 'unobservable';
  if (summary?.duration) return 'measured';
  if (live !== null) return 'live';
  return summary !== null && summary.missing > 0 ? 'missing' : 'waiting';
}

function wordsFor(
  summary: PhaseSummary | null,
  silent: boolean,
  live: number | null,
  firmware: boolean,
  resolutionNs: number | undefined,
): { label: string; note: string } {
  const state = stateOf(silent, summary, live);
  if (state === 'unobservable') return { label: 'prints nothing', note: '' };
  if (state === 'missing') return { label: 'missing', note: '' };
  const duration = summary?.duration?.median ?? live;
  if (duration === null) return { label: '', note: '' };
  const missing = summary !== null && summary.missing > 0 ? [`missing in ${summary.missing} of ${summary.seen + summary.missing}`] : [];
  const notes = [...(firmware ? ['QEMU and firmware'] : []), ...missing];
  return { label: formatDuration(duration, resolutionNs), note: notes.join(', ') };
}
