import { randomBytes } from 'node:crypto';
import { DeclaredError } from '../../contract/errors.ts';
import type { Task } from '../../contract/tasks.ts';
import { advanceTask, cancelTask, endTask, isEnded, newTask, rememberTask, type TaskPlan, type TaskProgress } from '../../core/tasks/taskList.ts';
import type { Activity } from '../activity.ts';
import { createFeed, watch } from '../feed.ts';
import { toFailure } from '../implementer.ts';
import type { Log } from '../log.ts';

/** A task as its own work sees it. */
export interface RunningTask {
  readonly id: string;
  /** Aborts when somebody cancels the task; the work then cleans up and throws. */
  readonly signal: AbortSignal;
  report(progress: TaskProgress): void;
}

export interface StartedTask<Result> {
  readonly id: string;
  /** Settles with the work. Nobody has to wait for it: a failure is kept in the list of tasks. */
  readonly result: Promise<Result>;
}

export interface TasksService {
  list(): Task[];
  /** Begins the work at once. It goes on when the shell that asked for it leaves. */
  run<Result>(plan: TaskPlan, work: (task: RunningTask) => Promise<Result>): StartedTask<Result>;
  /** Asks the work to stop and returns at once, with the state `cancelling`. */
  cancel(id: string): Task;
  clear(): void;
  watch(signal?: AbortSignal): AsyncGenerator<Task[]>;
  /** Cancels what runs and waits for its cleaning up. */
  dispose(): Promise<void>;
}

interface Work {
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

export function createTasks({ log, activity }: { log: Log; activity: Activity }): TasksService {
  const feed = createFeed<Task[]>({ newestOnly: true });
  const works = new Map<string, Work>();
  let list: Task[] = [];

  const set = (tasks: Task[]): void => {
    list = tasks;
    feed.publish(list);
  };
  const change = (id: string, next: (task: Task) => Task): void => {
    const task = list.find((candidate) => candidate.id === id);
    if (task !== undefined) set(rememberTask(list, next(task)));
  };
  const perform = async <Result>(id: string, signal: AbortSignal, work: (task: RunningTask) => Promise<Result>): Promise<Result> => {
    const release = activity.hold('task');
    try {
      const result = await work({ id, signal, report: (progress) => change(id, (task) => advanceTask(task, progress)) });
      change(id, (task) => endTask(task, { how: 'done' }, now()));
      return result;
    } catch (error) {
      const failure = signal.aborted && !(error instanceof DeclaredError) ? cancelled(id) : toFailure(error, `task ${id}`, log);
      change(id, (task) => endTask(task, { how: 'stopped', failure }, now()));
      throw error;
    } finally {
      works.delete(id);
      release();
    }
  };
  const cancel = (id: string): Task => {
    change(id, cancelTask);
    works.get(id)?.abort.abort(new DeclaredError('CANCELLED', { task: titleOf(list, id) }));
    return find(list, id);
  };

  return {
    list: () => list,
    run(plan, work) {
      const id = `task-${randomBytes(4).toString('hex')}`;
      const abort = new AbortController();
      set(rememberTask(list, newTask(id, plan, now())));
      const result = perform(id, abort.signal, work);
      // The failure is in the list; who wants it as an error awaits `result` as well.
      works.set(id, { abort, ended: result.catch(() => undefined) });
      return { id, result };
    },
    cancel,
    clear: () => set(list.filter((task) => !isEnded(task))),
    watch: (signal) => watch(feed, () => list, signal),
    async dispose() {
      const running = [...works.values()];
      for (const id of works.keys()) cancel(id);
      await Promise.all(running.map(({ ended }) => ended));
      feed.close();
    },
  };
}

const now = (): string => new Date().toISOString();

function find(tasks: readonly Task[], id: string): Task {
  const task = tasks.find((candidate) => candidate.id === id);
  if (task === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'task', id });
  return task;
}

const titleOf = (tasks: readonly Task[], id: string): string => tasks.find((task) => task.id === id)?.title ?? id;
const cancelled = (task: string) => new DeclaredError('CANCELLED', { task }).failure;
