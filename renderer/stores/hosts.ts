import { defineStore } from 'pinia';
import type { Capability } from '../../electron/contract/hosts.ts';
import { useLab } from './lab.ts';
import { useReplica } from './replica.ts';

/** What this machine can do, as far as it was probed. */
export const useHosts = defineStore('hosts', () => {
  const lab = useLab();
  const { state: capabilities, freshness } = useReplica<readonly Capability[], Capability[]>({
    initial: [],
    subscribe: (client, signal) => client.hosts.watch(undefined, { signal }),
    apply: (_, next) => next,
  });
  return {
    capabilities,
    freshness,
    /** Probes one capability again, or all. */
    test: (id?: Capability['id']) => lab.client().hosts.test(id === undefined ? {} : { id }),
  };
});
