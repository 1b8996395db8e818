import { median } from 'simple-statistics';
import type { PhaseTable, Run, Sample } from '../../contract/measurements.ts';
import { observablePhases } from './phases.ts';

/** One number of several boots and the index of the sample that each came from. */
export interface BootSeries {
  readonly values: number[];
  readonly indices: number[];
}

/** Boots that count: no warm-ups, and none whose stamps cannot be trusted. An incomplete boot counts with what it reached. */
export function countedSamples(samples: readonly Sample[], subject: string): Sample[] {
  return samples.filter((sample) => sample.subject === subject && !sample.warmUp && sample.outcome !== 'failed');
}

/** When a phase was seen in one boot, null when it was not. */
export function phaseAt(sample: Sample, phase: string): number | null {
  const stamp = sample.phases.find(({ name }) => name === phase);
  return stamp?.status === 'seen' ? stamp.atNs : null;
}

/** Phases that at least one of the boots has shown, in the table's order. */
export function seenPhases(table: PhaseTable, samples: readonly Sample[]): string[] {
  return observablePhases(table).flatMap(({ name }) => (samples.some((sample) => phaseAt(sample, name) !== null) ? [name] : []));
}

export function seriesOf(samples: readonly Sample[], valueOf: (sample: Sample) => number | null): BootSeries {
  const pairs = samples.flatMap((sample) => {
    const value = valueOf(sample);
    return value === null ? [] : [{ value, index: sample.index }];
  });
  return { values: pairs.map(({ value }) => value), indices: pairs.map(({ index }) => index) };
}

/**
 * How long each boot spent in a phase: since the phase before it among those that any boot has shown, since the spawn for
 * the first. A boot that lacks one of the two gives no duration, so that all durations are of the same stretch.
 */
export function durationSeries(samples: readonly Sample[], seen: readonly string[], phase: string): BootSeries {
  const position = seen.indexOf(phase);
  if (position === -1) return { values: [], indices: [] };
  const before = seen[position - 1];
  return seriesOf(samples, (sample) => difference(phaseAt(sample, phase), before === undefined ? 0 : phaseAt(sample, before)));
}

/** The boot of the system itself: from the first required phase to the last. */
export function bootSeries(samples: readonly Sample[], table: PhaseTable): BootSeries {
  return seriesOf(samples, (sample) => bootOf(sample, table));
}

/** The same of a single boot, null when one of the two phases is missing. */
export function bootOf(sample: Sample, table: PhaseTable): number | null {
  const required = observablePhases(table).filter(({ optional }) => !optional);
  const [first, last] = [required[0], required.at(-1)];
  if (first === undefined || last === undefined) return null;
  return difference(phaseAt(sample, last.name), phaseAt(sample, first.name));
}

/** The median boot of a run's first subject in whole nanoseconds, null without a boot that came to its end. */
export function medianBoot({ subjects, phaseTable }: Run, samples: readonly Sample[]): number | null {
  const { values } = bootSeries(countedSamples(samples, subjects[0]?.key ?? ''), phaseTable);
  return values.length === 0 ? null : Math.round(median(values));
}

/** From the spawn of QEMU to the last required phase. */
export function totalSeries(samples: readonly Sample[], table: PhaseTable): BootSeries {
  const last = observablePhases(table).findLast(({ optional }) => !optional);
  return seriesOf(samples, (sample) => (last === undefined ? null : phaseAt(sample, last.name)));
}

function difference(later: number | null, earlier: number | null): number | null {
  return later === null || earlier === null ? null : later - earlier;
}
