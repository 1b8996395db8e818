import { DeclaredError } from '../../contract/errors.ts';
import { run as runSchema, type Run, type RunWithSamples, type Sample } from '../../contract/measurements.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { openSampleStore } from '../../host/storage/samples.ts';

/** Runs and their samples: on the disk, or in memory for those that are not to be saved. */
export interface RunStore {
  put(run: Run): void;
  /** Throws NOT_FOUND. */
  get(id: string): RunWithSamples;
  runs(): Run[];
  addSample(run: Run, sample: Sample): void;
  samples(run: string): Sample[];
  countSamples(run: string): number;
  remove(id: string): void;
  restore(id: string): Run;
  /** What was removed last comes first. */
  trash(): TrashedItem[];
}

export function createRunStore(database: Database): RunStore {
  const stored = openCollection(database, 'runs', runSchema);
  const sampleStore = openSampleStore(database);
  const unsaved = new Map<string, { run: Run; samples: Sample[] }>();
  /** Unsaved runs that were removed; they can be restored while the lab lives. */
  const dropped = new Map<string, { run: Run; samples: Sample[]; trashedAt: string }>();

  const samples = (id: string): Sample[] => unsaved.get(id)?.samples ?? sampleStore.list(id);
  return {
    samples,
    countSamples: (id) => unsaved.get(id)?.samples.length ?? sampleStore.count(id),
    put(run) {
      if (run.saved) stored.put(run.id, run);
      else unsaved.set(run.id, { run, samples: unsaved.get(run.id)?.samples ?? [] });
    },
    get(id) {
      const run = unsaved.get(id)?.run ?? stored.get(id);
      if (run === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'run', id });
      return { run, samples: samples(id) };
    },
    runs: () => [...stored.all(), ...[...unsaved.values()].map(({ run }) => run)],
    addSample(run, sample) {
      if (run.saved) sampleStore.add(run.id, sample);
      else unsaved.set(run.id, { run: unsaved.get(run.id)?.run ?? run, samples: [...(unsaved.get(run.id)?.samples ?? []), sample] });
    },
    remove(id) {
      const kept = unsaved.get(id);
      if (kept !== undefined) dropped.set(id, { ...kept, trashedAt: new Date().toISOString() });
      if (!unsaved.delete(id) && !stored.remove(id)) throw new DeclaredError('NOT_FOUND', { noun: 'run', id });
    },
    restore(id) {
      const kept = dropped.get(id);
      if (kept !== undefined) {
        dropped.delete(id);
        unsaved.set(id, { run: kept.run, samples: kept.samples });
      }
      const run = kept?.run ?? stored.restore(id);
      if (run === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'deleted run', id });
      return run;
    },
    trash() {
      const kept = stored.trashed().map(({ value: { id, name }, trashedAt }) => ({ id, name, trashedAt }));
      const forgotten = [...dropped.values()].map(({ run: { id, name }, trashedAt }) => ({ id, name, trashedAt }));
      return [...kept, ...forgotten].toSorted((one, other) => other.trashedAt.localeCompare(one.trashedAt));
    },
  };
}
