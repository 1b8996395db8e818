import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Installation } from '../../electron/contract/installations.ts';
import { useReplica } from './replica.ts';

/** Every installation that nobody forgot, running or ended. */
export const useInstallations = defineStore('installations', () => {
  const { state: all, freshness, failure } = useReplica<readonly Installation[], Installation[]>({
    initial: [],
    subscribe: (client, signal) => client.installations.watch(undefined, { signal }),
    apply: (_, next) => next,
  });
  const byId = computed(() => new Map(all.value.map((installation) => [installation.id, installation])));
  /** Those that somebody has to do something about. */
  const open = computed(() => all.value.filter(({ state }) => state !== 'done' && state !== 'cancelled'));
  return { all, byId, open, freshness, failure };
});
