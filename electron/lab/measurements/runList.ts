import type { Run, RunListItem } from '../../contract/measurements.ts';
import { medianBoot } from '../../core/measurements/bootSeries.ts';
import type { RunStore } from './runStore.ts';

/** What the list shows of each run. Reading the samples of all runs is slow, so what was derived is remembered. */
export function createRunList(store: Pick<RunStore, 'samples' | 'countSamples'>) {
  const medians = new Map<string, { samples: number; medianBootNs: number | null }>();
  const medianOf = (run: Run): number | null => {
    const samples = store.countSamples(run.id);
    const known = medians.get(run.id);
    if (known?.samples === samples) return known.medianBootNs;
    const medianBootNs = medianBoot(run, store.samples(run.id));
    medians.set(run.id, { samples, medianBootNs });
    return medianBootNs;
  };
  return (run: Run): RunListItem => {
    const { id, kind, name, createdAt, endedAt, state, notes, tags, subjects } = run;
    const guests = subjects.filter(({ control }) => !control).map(({ label }) => label);
    return { id, kind, name, createdAt, endedAt, state, notes, tags, guests, samples: store.countSamples(id), medianBootNs: medianOf(run) };
  };
}
