import type { Failure } from '../../contract/errors.ts';
import type { Task } from '../../contract/tasks.ts';

/** What is known of a task before it begins. */
export interface TaskPlan {
  readonly title: string;
  readonly route: string | null;
  readonly unit: Task['unit'];
  readonly planned: number | null;
}

export interface TaskProgress {
  readonly phase?: string;
  readonly done?: number;
  readonly planned?: number;
}

/** How the work of a task came to its end. */
export type TaskEnd = { how: 'done' } | { how: 'stopped'; failure: Failure };

/** How many ended tasks are remembered. */
export const ENDED_TASKS = 20;

export function newTask(id: string, { title, route, unit, planned }: TaskPlan, startedAt: string): Task {
  return { id, title, route, unit, planned, state: 'running', phase: '', done: 0, startedAt, endedAt: null, failure: null };
}

export function isEnded({ state }: Task): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}

/** An ended task no longer moves: late news of its work is dropped. */
export function advanceTask(task: Task, progress: TaskProgress): Task {
  return isEnded(task) ? task : { ...task, ...progress };
}

export function cancelTask(task: Task): Task {
  return task.state === 'running' ? { ...task, state: 'cancelling' } : task;
}

/**
 * Work that was cancelled and yet came to its end is done; work that stopped after it was asked to is cancelled,
 * whatever it threw on the way.
 */
export function endTask(task: Task, end: TaskEnd, endedAt: string): Task {
  if (isEnded(task)) return task;
  // What was planned was done, whether or not the last step was told.
  if (end.how === 'done') return { ...task, state: 'done', done: task.planned ?? task.done, endedAt };
  const wasAsked = task.state === 'cancelling' || end.failure.code === 'CANCELLED';
  return wasAsked ? { ...task, state: 'cancelled', endedAt } : { ...task, state: 'failed', endedAt, failure: end.failure };
}

/** Puts a task in its place, the newest first, and forgets the oldest of the ended ones. */
export function rememberTask(tasks: readonly Task[], task: Task): Task[] {
  const known = tasks.some(({ id }) => id === task.id);
  const all = known ? tasks.map((other) => (other.id === task.id ? task : other)) : [task, ...tasks];
  const forgotten = new Set(all.filter(isEnded).slice(ENDED_TASKS).map(({ id }) => id));
  return all.filter(({ id }) => !forgotten.has(id));
}
