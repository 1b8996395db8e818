import { describe, expect, it, vi } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import { createActivity } from '../../../electron/lab/activity.ts';
import type { LogRecord } from '../../../electron/lab/log.ts';
import { createTasks, type RunningTask } from '../../../electron/lab/tasks/tasks.ts';

const plan = { title: 'Measure', route: '/measurements/run-1', unit: 'boots', planned: 3 } as const;

function setUp() {
  const records: LogRecord[] = [];
  const activity = createActivity();
  return { records, activity, tasks: createTasks({ log: (record) => void records.push(record), activity }) };
}

/** Work that goes on until it is asked to stop. */
const untilCancelled = (task: RunningTask): Promise<never> =>
  new Promise((_, reject) => task.signal.addEventListener('abort', () => reject(task.signal.reason as Error)));

describe('the tasks of a lab', () => {
  it('show progress while the work goes on and its end afterwards, and hold the lab meanwhile', async () => {
    const { tasks, activity } = setUp();
    const gate = Promise.withResolvers<string>();
    const { id, result } = tasks.run(plan, (task) => {
      task.report({ phase: 'boot 1', done: 1 });
      return gate.promise;
    });
    expect(tasks.list()).toMatchObject([{ id, state: 'running', phase: 'boot 1', done: 1, planned: 3, endedAt: null }]);
    expect(activity.counts().task).toBe(1);
    gate.resolve('answer');
    expect(await result).toBe('answer');
    expect(tasks.list()).toMatchObject([{ state: 'done' }]);
    expect(activity.idle).toBe(true);
  });

  it('keep a declared failure as it is, and of an unknown one a reference to the log', async () => {
    const { tasks, records } = setUp();
    const known = tasks.run(plan, () => Promise.reject(new DeclaredError('NO_SAMPLES', { run: 'run-1' })));
    const unknown = tasks.run(plan, () => Promise.reject(new Error('oh')));
    await Promise.allSettled([known.result, unknown.result]);
    const [second, first] = tasks.list();
    expect(first).toMatchObject({ state: 'failed', failure: { code: 'NO_SAMPLES', details: { run: 'run-1' } } });
    expect(second).toMatchObject({ state: 'failed', failure: { code: 'UNEXPECTED' } });
    expect(records).toMatchObject([{ details: { error: { message: 'oh' } } }]);
  });

  it('are cancelled by their signal and end when the work has cleaned up', async () => {
    const { tasks, records } = setUp();
    const cleaned = vi.fn();
    const { id, result } = tasks.run(plan, (task) => untilCancelled(task).finally(cleaned));
    expect(tasks.cancel(id)).toMatchObject({ state: 'cancelling' });
    await expect(result).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(cleaned).toHaveBeenCalled();
    expect(tasks.list()).toMatchObject([{ state: 'cancelled', failure: null }]);
    expect(records).toEqual([]);
  });

  it('answer NOT_FOUND for a task that nobody knows', () => {
    expect(() => setUp().tasks.cancel('task-0')).toThrow('There is no task "task-0"');
  });

  it('forget ended tasks on request and keep running ones', async () => {
    const { tasks } = setUp();
    await tasks.run(plan, () => Promise.resolve()).result;
    const { id, result } = tasks.run(plan, untilCancelled);
    tasks.clear();
    expect(tasks.list()).toMatchObject([{ id }]);
    tasks.cancel(id);
    await result.catch(() => undefined);
  });

  it('tell a subscriber of each change, and let it go', async () => {
    const { tasks } = setUp();
    const changes = tasks.watch();
    expect((await changes.next()).value).toEqual([]);
    const next = changes.next();
    await tasks.run(plan, () => Promise.resolve()).result;
    expect((await next).value).toMatchObject([{ state: 'running' }]);
    expect((await changes.next()).value).toMatchObject([{ state: 'done' }]);
    await changes.return(undefined);
  });

  it('are all cancelled when the lab ends, which waits for their cleaning up', async () => {
    const { tasks, activity } = setUp();
    const { result } = tasks.run(plan, untilCancelled);
    const ended = result.catch((error: unknown) => error);
    await tasks.dispose();
    expect(activity.idle).toBe(true);
    expect(await ended).toMatchObject({ code: 'CANCELLED' });
  });
});
