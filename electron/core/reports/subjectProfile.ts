import type { Sample } from '../../contract/measurements.ts';
import type { Profile } from '../../contract/metrics.ts';
import type { SubjectProfile } from '../../contract/reports.ts';
import { ownSums } from '../charts/flame.ts';
import { countedSamples } from '../measurements/bootSeries.ts';
import { mergeProfiles } from '../measurements/mergeProfiles.ts';

/** The profiles of a subject's counted samples as one; null where none has any. Those with another rate than the first are left out. */
export function subjectProfileOf(samples: readonly Sample[], subject: string): SubjectProfile | null {
  const own = countedSamples(samples, subject).flatMap(({ index, metrics }) => (metrics?.profile == null ? [] : [{ index, profile: metrics.profile }]));
  const alike = own.filter(({ profile }) => profile.everyInstructions === own[0]?.profile.everyInstructions);
  const profile = mergeProfiles(alike.map((sample) => sample.profile));
  return profile === null ? null : { subject, samples: alike.map(({ index }) => index), profile };
}

/** How often each function itself was met, wherever it was called from: the heaviest first. */
export function ownSamples(profile: Profile): { symbol: string; self: number }[] {
  const met = [...ownSums(profile)].filter(([, self]) => self > 0);
  return met.map(([symbol, self]) => ({ symbol, self })).toSorted((a, b) => b.self - a.self || (a.symbol < b.symbol ? -1 : 1));
}
