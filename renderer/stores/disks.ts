import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Disk } from '../../electron/contract/disks.ts';
import { useReplica } from './replica.ts';

/** Every disk of the lab. */
export const useDisks = defineStore('disks', () => {
  const { state: all, freshness, failure } = useReplica<readonly Disk[], { disks: Disk[] }>({
    initial: [],
    subscribe: (client, signal) => client.disks.watch(undefined, { signal }),
    apply: (_, { disks }) => disks,
  });
  const byId = computed(() => new Map(all.value.map((disk) => [disk.id, disk])));
  return { all, byId, freshness, failure };
});
