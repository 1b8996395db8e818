import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Task } from '../../electron/contract/tasks.ts';
import { useLab } from './lab.ts';
import { useReplica } from './replica.ts';

/** All long work of the lab, whichever shell asked for it. */
export const useTasks = defineStore('tasks', () => {
  const lab = useLab();
  const { state: all, freshness } = useReplica<readonly Task[], Task[]>({
    initial: [],
    subscribe: (client, signal) => client.tasks.watch(undefined, { signal }),
    apply: (_, tasks) => tasks,
  });
  const active = computed(() => all.value.filter(({ state }) => state === 'running' || state === 'cancelling'));
  const ended = computed(() => all.value.filter(({ endedAt }) => endedAt !== null));
  return {
    all,
    active,
    ended,
    freshness,
    cancel: (id: string) => lab.client().tasks.cancel({ id }),
    clear: () => lab.client().tasks.clear(),
  };
});
