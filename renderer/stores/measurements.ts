import { defineStore } from 'pinia';
import type { RunListItem } from '../../electron/contract/measurements.ts';
import { useReplica } from './replica.ts';

/** The list of runs, newest first. */
export const useMeasurements = defineStore('measurements', () => {
  const { state: runs, freshness } = useReplica<readonly RunListItem[], RunListItem[]>({
    initial: [],
    subscribe: (client, signal) => client.measurements.watchList(undefined, { signal }),
    apply: (_, next) => next.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)),
  });
  return { runs, freshness };
});
