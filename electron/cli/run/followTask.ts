import { lostLab } from '../../client/failures.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Task } from '../../contract/tasks.ts';
import type { Context } from './context.ts';
import { formatBytes } from './bytes.ts';
import { SAY_IT_AGAIN } from './failures.ts';

/** One line: what is being done and how far it is. */
export function renderTaskProgress({ title, phase, done, planned, unit }: Task): string {
  const amount = (value: number): string => (unit === 'bytes' ? formatBytes(value) : String(value));
  const howFar = planned === null || planned === 0 ? '' : `  ${amount(done)} of ${amount(planned)} (${Math.floor((done / planned) * 100)} %)`;
  return `${title}${phase === '' ? '' : `: ${phase}`}${howFar}`;
}

/** A tenth of the way, or a new phase, is worth a line where lines cannot be drawn over. */
const mileOf = ({ phase, done, planned }: Task): string => `${phase} ${planned === null || planned === 0 ? '' : Math.floor((done / planned) * 10)}`;

/**
 * Shows a task until it ends, and answers it when it is done. Its failure is thrown, CANCELLED too. When the context is
 * cancelled the task is cancelled in the lab, which cleans up.
 */
export async function followTask(client: LabClient, id: string, { terminal, cancelled }: Pick<Context, 'terminal' | 'cancelled'>): Promise<Task> {
  const cancel = (): void => {
    terminal.report('cancelling …');
    // The end of the task arrives as an event; that the cancelling itself fails shows there too.
    client.tasks.cancel({ id }).catch(() => undefined);
  };
  cancelled.addEventListener('abort', cancel, { once: true });
  if (cancelled.aborted) cancel();
  try {
    for await (const tasks of await client.tasks.watch()) {
      const task = tasks.find((candidate) => candidate.id === id);
      if (task === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'task', id });
      if (task.state === 'done') return task;
      if (task.failure !== null) throw new DeclaredError(task.failure.code, task.failure.details);
      if (task.state === 'cancelled') throw new DeclaredError('CANCELLED', { task: task.title });
      terminal.progress(renderTaskProgress(task), mileOf(task));
    }
    // The lab tells of each task until it ends, and only a lab that ends stops telling.
    throw lostLab(SAY_IT_AGAIN);
  } finally {
    cancelled.removeEventListener('abort', cancel);
  }
}
