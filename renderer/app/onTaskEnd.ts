import { effectScope, watch } from 'vue';
import type { Task } from '../../electron/contract/tasks.ts';
import { useTasks } from '../stores/tasks.ts';

/** Calls back once when a task has ended, also after the screen that began it is gone. */
export function onTaskEnd(id: string, tell: (task: Task) => void): void {
  const tasks = useTasks();
  const scope = effectScope(true);
  scope.run(() => {
    watch(
      () => tasks.all.find((task) => task.id === id && task.endedAt !== null),
      (ended) => {
        if (ended === undefined) return;
        scope.stop();
        tell(ended);
      },
      { immediate: true, flush: 'post' },
    );
  });
}
