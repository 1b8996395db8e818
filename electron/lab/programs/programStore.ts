import type { Sample } from '../../contract/measurements.ts';
import { programTrace, type ProgramTrace } from '../../contract/programs.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { openSampleStore } from '../../host/storage/samples.ts';
import { onDisk } from '../../host/storage/storageFailures.ts';
import { found } from '../found.ts';

/** Traces of programs and their samples: on the disk, or in memory for those that are not to be saved. */
export interface ProgramStore {
  put(trace: ProgramTrace): void;
  /** Throws NOT_FOUND. */
  get(id: string): ProgramTrace;
  all(): ProgramTrace[];
  addSample(trace: ProgramTrace, sample: Sample): void;
  samples(id: string): Sample[];
  /** Throws NOT_FOUND. One that was not saved is gone for good. */
  remove(id: string): void;
  /** Throws NOT_FOUND. */
  restore(id: string): ProgramTrace;
  trash(): TrashedItem[];
}

export function createProgramStore(database: Database): ProgramStore {
  const stored = openCollection(database, 'programs', programTrace);
  const sampleStore = openSampleStore(database);
  const unsaved = new Map<string, { readonly trace: ProgramTrace; readonly samples: readonly Sample[] }>();
  const noun = 'trace of programs';
  return {
    put(trace) {
      if (trace.saved) stored.put(trace.id, trace);
      else unsaved.set(trace.id, { trace, samples: unsaved.get(trace.id)?.samples ?? [] });
    },
    get: (id) => found(noun, id, unsaved.get(id)?.trace ?? stored.get(id)),
    all: () => [...stored.all(), ...[...unsaved.values()].map(({ trace }) => trace)].toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)),
    addSample(trace, sample) {
      if (!trace.saved) unsaved.set(trace.id, { trace, samples: [...(unsaved.get(trace.id)?.samples ?? []), sample] });
      // A sample and the figures that count it are written together or not at all.
      else onDisk(database.name, database.transaction(() => {
        sampleStore.add(trace.id, sample);
        stored.put(trace.id, trace);
      }));
    },
    samples: (id) => [...(unsaved.get(id)?.samples ?? sampleStore.list(id))],
    remove(id) {
      if (unsaved.delete(id)) return;
      found(noun, id, stored.remove(id) ? id : undefined);
    },
    restore: (id) => found(`deleted ${noun}`, id, stored.restore(id)),
    trash: () => stored.trashed().map(({ value: { id, name }, trashedAt }) => ({ id, name, trashedAt })),
  };
}
