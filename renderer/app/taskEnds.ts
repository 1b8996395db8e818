import { watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { explain } from '../../electron/contract/errors.ts';
import type { Task } from '../../electron/contract/tasks.ts';
import { useTasks } from '../stores/tasks.ts';
import { showToast } from './toasts.ts';

/** Tasks that ended between two states of the list; tasks that had ended before the page came are no news. */
export function newlyEnded(before: readonly Task[], after: readonly Task[]): Task[] {
  const wasActive = new Set(before.filter(({ endedAt }) => endedAt === null).map(({ id }) => id));
  return after.filter(({ id, endedAt }) => endedAt !== null && wasActive.has(id));
}

/** Tells of each task that ended, unless its screen is open and shows it anyway. */
export function useTaskEnds(): void {
  const tasks = useTasks();
  const router = useRouter();
  const route = useRoute();
  watch(
    () => tasks.all,
    (after, before) => {
      for (const task of newlyEnded(before, after)) if (task.route?.split('?')[0] !== route.path) tell(task);
    },
  );

  function tell(task: Task): void {
    const words = { done: 'is done', cancelled: 'was cancelled', failed: 'failed', running: 'runs', cancelling: 'is being cancelled' } as const;
    const target = task.route;
    showToast({
      tone: task.state === 'done' ? 'good' : task.state === 'failed' ? 'bad' : 'neutral',
      text: `${task.title} ${words[task.state]}.`,
      ...(task.failure === null ? {} : { detail: explain(task.failure).what }),
      ...(target === null ? {} : { action: { label: 'Show', run: () => router.push(target) } }),
    });
  }
}
