import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../electron/contract/errors.ts';
import type { Task } from '../../../electron/contract/tasks.ts';
import { advanceTask, cancelTask, endTask, ENDED_TASKS, newTask, rememberTask } from '../../../electron/core/tasks/taskList.ts';

const [began, ended] = ['2026-11-22T00:00:00.000Z', '2026-11-22T00:01:00.000Z'];
const task = newTask('task-1', { title: 'Copy', route: '/disks', unit: 'bytes', planned: 100 }, began);
const failure: Failure = { code: 'UNEXPECTED', details: { reference: 'abc' } };
const cancelled: Failure = { code: 'CANCELLED', details: { task: 'Copy' } };

describe('a task', () => {
  it('moves while it runs and no more once it has ended', () => {
    const moved = advanceTask(task, { phase: 'copying', done: 40 });
    expect(moved).toMatchObject({ state: 'running', phase: 'copying', done: 40, planned: 100 });
    const done = endTask(moved, { how: 'done' }, ended);
    expect(done).toMatchObject({ state: 'done', done: 100, endedAt: ended, failure: null });
    expect([advanceTask(done, { done: 90 }), cancelTask(done), endTask(done, { how: 'stopped', failure }, began)]).toEqual([done, done, done]);
  });

  it.each([
    ['fails', task, { how: 'stopped', failure } as const, 'failed', failure],
    ['fails while it is being cancelled', cancelTask(task), { how: 'stopped', failure } as const, 'cancelled', null],
    ['says itself that it was cancelled', task, { how: 'stopped', failure: cancelled } as const, 'cancelled', null],
    ['was faster than its cancelling', cancelTask(task), { how: 'done' } as const, 'done', null],
  ])('that %s ends as what it is', (_, before, end, state, kept) => {
    expect(endTask(before, end, ended)).toMatchObject({ state, failure: kept, endedAt: ended });
  });
});

describe('the list of tasks', () => {
  it('has the newest first, replaces a known one in its place, and forgets only old ended ones', () => {
    const running = { ...task, id: 'running' };
    let list: Task[] = rememberTask([], running);
    for (let index = 0; index < ENDED_TASKS + 5; index += 1) list = rememberTask(list, endTask({ ...task, id: `task-${index}` }, { how: 'done' }, ended));
    expect(list).toHaveLength(ENDED_TASKS + 1);
    expect([list[0]?.id, list.at(-2)?.id, list.at(-1)?.id]).toEqual([`task-${ENDED_TASKS + 4}`, 'task-5', 'running']);
    expect(rememberTask(list, advanceTask(running, { done: 7 })).at(-1)).toMatchObject({ id: 'running', done: 7 });
  });
});
