import { execFileSync } from 'node:child_process';
import type { LabClient } from '../../electron/contract/contract.ts';
import type { Task } from '../../electron/contract/tasks.ts';

/** Waits until a task is over, and answers it. */
export async function taskEnd(client: LabClient, id: string): Promise<Task> {
  for await (const tasks of await client.tasks.watch()) {
    const task = tasks.find((candidate) => candidate.id === id);
    if (task !== undefined && task.endedAt !== null) return task;
  }
  throw new Error('the feed of tasks ended');
}

/** The same for one that must be done. */
export async function taskDone(client: LabClient, started: { readonly task: string }): Promise<Task> {
  const task = await taskEnd(client, started.task);
  if (task.state !== 'done') throw new Error(`${task.title} is ${task.state}: ${JSON.stringify(task.failure)}`);
  return task;
}

/** Does something with a stopped disk as its guest would, for example `write -P 7 0 64k` or `discard 0 1M`. */
export function qemuIo(path: string, format: string, ...commands: string[]): void {
  execFileSync('qemu-io', ['-f', format, '-d', 'unmap', ...commands.flatMap((command) => ['-c', command]), path], { stdio: 'pipe' });
}

export const MIB = 1_048_576;
