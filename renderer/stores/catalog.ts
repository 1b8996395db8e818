import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { CatalogState } from '../../electron/contract/catalog.ts';
import { useReplica } from './replica.ts';

const nothing: CatalogState = { entries: [], library: [], partials: [], refused: [] };

/** The systems that can be made guests, and their images that are here. */
export const useCatalog = defineStore('catalog', () => {
  const { state, freshness, failure } = useReplica<CatalogState, CatalogState>({
    initial: nothing,
    subscribe: (client, signal) => client.catalog.watch(undefined, { signal }),
    apply: (_, next) => next,
  });
  const byId = computed(() => new Map(state.value.entries.map((entry) => [entry.id, entry])));
  return { state, byId, freshness, failure };
});
