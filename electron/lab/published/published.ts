import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import type { Run } from '../../contract/measurements.ts';
import { publishedValue, type PublishedValue } from '../../contract/published.ts';
import type { RunSummary } from '../../contract/summaries.ts';
import { isBaselineOf, makeBaseline } from '../../core/published/baseline.ts';
import { loadPublished } from '../../core/published/loadPublished.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { listResources, readResource } from '../../host/storage/resources.ts';

export interface PublishedDependencies {
  readonly database: Database;
  readonly resourcesDirectory: string;
  /** A run and what was derived from it; throws NOT_FOUND. */
  readonly runOf: (id: string) => { run: Run; summary: RunSummary };
}

export interface PublishedService {
  list(): PublishedValue[];
  /** Replaces an earlier baseline from the same run. Throws NOT_FOUND, and NO_SAMPLES when the run has too few boots. */
  saveBaseline(run: string, name: string): PublishedValue[];
  removeBaseline(run: string): void;
}

/** Reads the shipped values once; a value without a source stops the lab, since nothing may be judged by it. */
export function createPublished({ database, resourcesDirectory, runOf }: PublishedDependencies): PublishedService {
  const shipped = listResources(join(resourcesDirectory, 'published'), '.json').flatMap((path) => {
    const { file, data } = readResource(path);
    return loadPublished(file, data);
  });
  const baselines = openCollection(database, 'baselines', publishedValue);
  const list = (): PublishedValue[] => [...shipped, ...baselines.all()];
  const removeBaseline = (run: string): void => {
    for (const value of baselines.all()) if (isBaselineOf(value, run)) baselines.purge(value.id);
  };
  return {
    list,
    removeBaseline,
    saveBaseline(id, name) {
      const { run, summary } = runOf(id);
      const values = makeBaseline(run, summary, name);
      if (values.length === 0) throw new DeclaredError('NO_SAMPLES', { run: id });
      removeBaseline(id);
      for (const value of values) baselines.put(value.id, value);
      return list();
    },
  };
}
