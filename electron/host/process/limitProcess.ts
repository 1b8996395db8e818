import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { GuestLimits } from '../../contract/guests.ts';
import { countKills, findControllers, limitFiles, memoryFiles, type Controller } from '../../core/guests/cgroups.ts';

/** Half of the ordinary priorities: other programs come first when there is not enough for all (nice(1)). */
const LOW_PRIORITY = 10;
/** The kernel empties a group a moment after its last process is gone; nothing tells when. */
const EMPTY_LIMIT_MS = 2_000;
const LOOK_EVERY_MS = 20;

async function controllers(): Promise<Controller[]> {
  try {
    const [mountinfo, cgroup] = await Promise.all([readFile('/proc/self/mountinfo', 'utf8'), readFile('/proc/self/cgroup', 'utf8')]);
    return findControllers(mountinfo, cgroup);
  } catch {
    // No Linux.
    return [];
  }
}

async function makeGroup({ kind, version, directory }: Controller, name: string, limits: GuestLimits, pid: number | null): Promise<string> {
  const group = join(directory, name);
  await mkdir(group);
  try {
    for (const [file, value] of limitFiles({ kind, version }, limits)) {
      // Where the kernel keeps no account of swap there is nothing to limit.
      await writeFile(join(group, file), value).catch((error: unknown) => {
        if (file !== 'memory.swap.max') throw error;
      });
    }
    if (pid !== null) await writeFile(join(group, 'cgroup.procs'), String(pid));
    return group;
  } catch (error) {
    await removeGroup(group);
    throw error;
  }
}

async function removeGroup(group: string): Promise<void> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    try {
      await rmdir(group);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || waited >= EMPTY_LIMIT_MS) return;
      await wait(LOOK_EVERY_MS);
    }
  }
}

export interface AppliedLimits {
  /** Directories to be removed when the process is gone. */
  readonly groups: string[];
  /** What could not be enforced, in words. */
  readonly missing: string[];
}

const words = { cpu: 'the CPU limit', memory: 'the memory limit' };

/**
 * Puts a process into control groups below this process's own, one for each controller that a limit needs. What this user
 * may not do there is told in `missing`; for a CPU limit the process then at least gets a low priority.
 */
export async function limitProcess(pid: number, name: string, limits: GuestLimits): Promise<AppliedLimits> {
  const groups: string[] = [];
  const missing: string[] = [];
  const available = await controllers();
  for (const kind of ['cpu', 'memory'] as const) {
    if ((kind === 'cpu' ? limits.cpuPercent : limits.memoryMiB) === null) continue;
    const controller = available.find((candidate) => candidate.kind === kind);
    try {
      if (controller === undefined) throw new Error('this system has no control group for it');
      groups.push(await makeGroup(controller, name, limits, pid));
    } catch (error) {
      if (kind === 'cpu') lowerPriority(pid);
      missing.push(`${words[kind]} is not enforced: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { groups, missing };
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, LOW_PRIORITY);
  } catch {
    // The process has ended, which its own end tells.
  }
}

/** What could not be enforced here, found by making a group for a moment and removing it. */
export async function unenforceableLimits(name: string, limits: GuestLimits): Promise<string[]> {
  const available = await controllers();
  const missing: string[] = [];
  for (const kind of ['cpu', 'memory'] as const) {
    if ((kind === 'cpu' ? limits.cpuPercent : limits.memoryMiB) === null) continue;
    const controller = available.find((candidate) => candidate.kind === kind);
    try {
      if (controller === undefined) throw new Error('this system has no control group for it');
      await removeGroup(await makeGroup(controller, name, limits, null));
    } catch (error) {
      const instead = kind === 'cpu' ? '; it gets a low priority instead' : '';
      missing.push(`${words[kind]} cannot be enforced by this user: ${error instanceof Error ? error.message : String(error)}${instead}`);
    }
  }
  return missing;
}

/** Removes the groups of a process that is gone. */
export async function removeGroups(groups: readonly string[]): Promise<void> {
  for (const group of groups) await removeGroup(group);
}

/** Removes groups whose names begin so and that are not kept: what a lab left that died before it had written them down. */
export async function sweepGroups(prefix: string, kept: ReadonlySet<string>): Promise<void> {
  for (const { directory } of await controllers()) {
    const names = (await readdir(directory).catch(() => [])).filter((name) => name.startsWith(prefix));
    await removeGroups(names.map((name) => join(directory, name)).filter((group) => !kept.has(group)));
  }
}

/** The memory limit, in MiB, for which the kernel ended a process of these groups; null when it did not. To be asked before they are removed. */
export async function exceededMemoryMiB(groups: readonly string[]): Promise<number | null> {
  for (const group of groups) {
    for (const { kills, limit } of Object.values(memoryFiles)) {
      // A group has the files of one version, and one for the CPU has neither.
      if (countKills(await readFile(join(group, kills), 'utf8').catch(() => '')) === 0) continue;
      return Math.round(Number(await readFile(join(group, limit), 'utf8').catch(() => '0')) / (1024 * 1024));
    }
  }
  return null;
}
