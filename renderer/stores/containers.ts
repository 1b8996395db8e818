import { defineStore } from 'pinia';
import type { ContainersState } from '../../electron/contract/containers.ts';
import { useReplica } from './replica.ts';

const nothing: ContainersState = { engines: [], images: [], networks: [], volumes: [], containers: [] };

/** The Docker Engines and what Petri has on the chosen one. */
export const useContainers = defineStore('containers', () => {
  const { state, freshness, failure } = useReplica<ContainersState, ContainersState>({
    initial: nothing,
    subscribe: (client, signal) => client.containers.watch(undefined, { signal }),
    apply: (_, next) => next,
  });
  return { state, freshness, failure };
});
