import type { Work } from '../../host/disks/qemuImg.ts';

/** What work needs of its task. */
export interface TaskLike {
  readonly signal: AbortSignal;
  report(progress: { readonly phase?: string; readonly done?: number; readonly planned?: number }): void;
}

/** Tells shares of some bytes as progress of a task that counts bytes. */
export function sharesOf(task: TaskLike, phase: string, bytes: number): Work {
  task.report({ phase, done: 0, planned: bytes });
  return { signal: task.signal, progress: (share) => task.report({ done: Math.round(share * bytes) }) };
}
