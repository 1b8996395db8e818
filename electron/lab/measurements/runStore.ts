import { DeclaredError } from '../../contract/errors.ts';
import { run as runSchema, type Run, type RunListItem, type RunWithSamples, type Sample } from '../../contract/measurements.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { numbersOf, type SampleNumbers } from '../../core/measurements/sampleNumbers.ts';
import { tableOfKey } from '../../core/measurements/subjectTable.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { openRunIndex, type RunQuery } from '../../host/storage/runIndex.ts';
import { openSampleStore } from '../../host/storage/samples.ts';
import { onDisk } from '../../host/storage/storageFailures.ts';
import { fits, inOrder, unsavedItem } from './runList.ts';

/** Runs and their samples: on the disk, or in memory for those that are not to be saved. */
export interface RunStore {
  put(run: Run): void;
  /** Throws NOT_FOUND. */
  get(id: string): RunWithSamples;
  /** The run without its samples. Throws NOT_FOUND. */
  run(id: string): Run;
  /** Those that the disk has as running. */
  running(): Run[];
  addSample(run: Run, sample: Sample): void;
  /** A run that is over, with all its samples or not at all. */
  add(whole: RunWithSamples): void;
  /** Also in the trash. */
  has(id: string): boolean;
  samples(run: string): Sample[];
  /** The one of this index, or none. */
  sampleAt(run: string, index: number): Sample[];
  countSamples(run: string): number;
  /** What lists and charts show of the samples, without reading them. */
  numbers(run: string): SampleNumbers[];
  /** A page of the list; nothing but the page is read. */
  find(query: RunQuery): { total: number; items: RunListItem[] };
  tags(): string[];
  remove(id: string): void;
  restore(id: string): Run;
  /** What was removed last comes first. */
  trash(): TrashedItem[];
}

interface Unsaved {
  readonly run: Run;
  readonly samples: readonly Sample[];
}

export function createRunStore(database: Database): RunStore {
  const stored = openCollection(database, 'runs', runSchema);
  const sampleStore = openSampleStore(database);
  const index = openRunIndex(database);
  const unsaved = new Map<string, Unsaved>();
  /** Unsaved runs that were removed; they can be restored while the lab lives. */
  const dropped = new Map<string, Unsaved & { readonly trashedAt: string }>();

  /** A document and its row in the index are written together or not at all; a disk that is full may say so at the end. */
  const together = <Result>(action: () => Result): Result => onDisk(database.name, database.transaction(action));
  const samples = (id: string): Sample[] => [...(unsaved.get(id)?.samples ?? sampleStore.list(id))];
  const run = (id: string): Run => {
    const found = unsaved.get(id)?.run ?? stored.get(id);
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'run', id });
    return found;
  };
  const put = (value: Run): void => {
    if (!value.saved) unsaved.set(value.id, { run: value, samples: unsaved.get(value.id)?.samples ?? [] });
    else together(() => {
      stored.put(value.id, value);
      index.put(value);
    });
  };
  const addSample = (of: Run, sample: Sample): void => {
    if (!of.saved) unsaved.set(of.id, { run: unsaved.get(of.id)?.run ?? of, samples: [...(unsaved.get(of.id)?.samples ?? []), sample] });
    else together(() => {
      sampleStore.add(of.id, sample);
      index.add(of.id, numbersOf(sample, tableOfKey(of, sample.subject)));
    });
  };
  return {
    run,
    samples,
    sampleAt: (id, at) => unsaved.get(id)?.samples.filter((sample) => sample.index === at) ?? sampleStore.at(id, at),
    put,
    addSample,
    add: ({ run: value, samples: all }) => together(() => {
      put(value);
      for (const sample of all) addSample(value, sample);
    }),
    has: (id) => unsaved.has(id) || stored.get(id) !== undefined || index.trash().some((item) => item.id === id),
    get: (id) => ({ run: run(id), samples: samples(id) }),
    running: () => index.idsIn('running').map(run),
    countSamples: (id) => unsaved.get(id)?.samples.length ?? index.countSamples(id),
    numbers(id) {
      const kept = unsaved.get(id);
      return kept === undefined ? index.numbers(id) : kept.samples.map((sample) => numbersOf(sample, tableOfKey(kept.run, sample.subject)));
    },
    find(query) {
      const kept = [...unsaved.values()].filter(({ run: one }) => fits(one, query)).map(unsavedItem);
      if (kept.length === 0) return index.find(query);
      // So many of the page before as there are unsaved ones: wherever those stand, the page is in what is read.
      const before = Math.min(query.offset, kept.length);
      const { total, items } = index.find({ ...query, offset: query.offset - before, limit: query.limit + before });
      return { total: total + kept.length, items: [...items, ...kept].toSorted(inOrder(query.order)).slice(before, before + query.limit) };
    },
    tags: () => [...new Set([...index.tags(), ...[...unsaved.values()].flatMap(({ run: one }) => one.tags)])].toSorted(),
    remove(id) {
      const kept = unsaved.get(id);
      if (kept !== undefined) dropped.set(id, { ...kept, trashedAt: new Date().toISOString() });
      else together(() => {
        if (!stored.remove(id)) throw new DeclaredError('NOT_FOUND', { noun: 'run', id });
        index.hide(id);
      });
      unsaved.delete(id);
    },
    restore(id) {
      const kept = dropped.get(id);
      if (kept !== undefined) {
        dropped.delete(id);
        unsaved.set(id, kept);
        return kept.run;
      }
      return together(() => {
        const found = stored.restore(id);
        if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'deleted run', id });
        index.put(found);
        return found;
      });
    },
    trash() {
      const forgotten = [...dropped.values()].map(({ run: { id, name }, trashedAt }) => ({ id, name, trashedAt }));
      return [...index.trash(), ...forgotten].toSorted((one, other) => other.trashedAt.localeCompare(one.trashedAt));
    },
  };
}
