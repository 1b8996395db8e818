import { computed, shallowRef, type ComputedRef } from 'vue';
import { useTasks } from '../stores/tasks.ts';

export interface StartedTasks {
  /** Tasks that were begun here and are worth a line: they go on, or they failed and nobody has read why. */
  readonly shown: ComputedRef<readonly string[]>;
  /** Whether one of them goes on. */
  readonly isWorking: ComputedRef<boolean>;
  add(task: string): void;
  dismiss(task: string): void;
}

/** The tasks that were begun on a screen, to be shown in place; the tray has them all. */
export function useStartedTasks(): StartedTasks {
  const tasks = useTasks();
  const started = shallowRef<readonly string[]>([]);
  const shown = computed(() =>
    started.value.filter((id) => tasks.all.some((task) => task.id === id && (task.endedAt === null || task.failure !== null))),
  );
  const isWorking = computed(() => tasks.active.some(({ id }) => started.value.includes(id)));
  return {
    shown,
    isWorking,
    add: (task) => (started.value = [...started.value, task]),
    dismiss: (task) => (started.value = started.value.filter((other) => other !== task)),
  };
}
