import { setTimeout as wait } from 'node:timers/promises';
import { killGroup } from './killGroup.ts';
import { isAlive } from './processIdentity.ts';

/** The system tells nobody but the parent that a process ended; this is how often a stranger has to look. */
const LOOK_EVERY_MS = 10;

/** Resolves when a process that is not our child is gone. Only to be called when its end is at hand. */
export async function foreignEnd(pid: number, startTime: string, signal?: AbortSignal): Promise<void> {
  while (isAlive(pid, startTime) && signal?.aborted !== true) await wait(LOOK_EVERY_MS);
}

/** Kills a process that an earlier lab started as the leader of its group, if it is still that process. */
export function killForeign(pid: number, startTime: string): void {
  if (isAlive(pid, startTime)) killGroup(pid);
}
