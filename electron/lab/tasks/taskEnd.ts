import { DeclaredError } from '../../contract/errors.ts';
import { isEnded } from '../../core/tasks/taskList.ts';
import type { TasksService } from './tasks.ts';

/** Resolves when a task is done, and throws its failure; when the signal aborts the task is cancelled and its end awaited. */
export async function taskEnd(tasks: Pick<TasksService, 'watch' | 'cancel'>, id: string, signal?: AbortSignal): Promise<void> {
  const cancel = (): void => void tasks.cancel(id);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const list of tasks.watch()) {
      const task = list.find((candidate) => candidate.id === id);
      if (task === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'task', id });
      if (!isEnded(task)) continue;
      if (task.failure !== null) throw new DeclaredError(task.failure.code, task.failure.details);
      return;
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
