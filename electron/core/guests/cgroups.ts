import type { GuestLimits } from '../../contract/guests.ts';

/** A controller that can hold a limit, and the directory of the group that this process is in. */
export interface Controller {
  readonly kind: 'cpu' | 'memory';
  readonly version: 1 | 2;
  readonly directory: string;
}

/** A mounted hierarchy, from /proc/self/mountinfo (proc(5), fields 5, 9 and 11). */
interface Hierarchy {
  readonly mountPoint: string;
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
}

function hierarchies(mountinfo: string): Hierarchy[] {
  return mountinfo.split('\n').flatMap((line): Hierarchy[] => {
    const [before = '', after = ''] = line.split(' - ');
    const [type, , options = ''] = after.split(' ');
    const mountPoint = before.split(' ')[4] ?? '';
    if (type === 'cgroup2') return [{ mountPoint, version: 2 as const, controllers: [] }];
    return type === 'cgroup' ? [{ mountPoint, version: 1 as const, controllers: options.split(',') }] : [];
  });
}

/** The group of a process in a hierarchy, from /proc/PID/cgroup (cgroups(7)): `0::` is version 2's line. */
function groupIn(cgroup: string, controller: string | null): string | null {
  for (const line of cgroup.split('\n')) {
    const [, names = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path !== undefined && (controller === null ? names === '' : names.split(',').includes(controller))) return path;
  }
  return null;
}

const join = (mountPoint: string, group: string): string => (group === '/' ? mountPoint : `${mountPoint}${group}`);

/** Where limits for CPU and memory could be set: version 1's own hierarchy of each, else version 2's for both. */
export function findControllers(mountinfo: string, cgroup: string): Controller[] {
  const mounted = hierarchies(mountinfo);
  return (['cpu', 'memory'] as const).flatMap((kind): Controller[] => {
    const first = mounted.find(({ version, controllers }) => version === 1 && controllers.includes(kind));
    const own = groupIn(cgroup, kind);
    if (first !== undefined && own !== null) return [{ kind, version: 1, directory: join(first.mountPoint, own) }];
    const second = mounted.find(({ version }) => version === 2);
    const unified = groupIn(cgroup, null);
    return second === undefined || unified === null ? [] : [{ kind, version: 2, directory: join(second.mountPoint, unified) }];
  });
}

/** So often CPU time is given out, as the kernel does by itself. */
const PERIOD_US = 100_000;

/** Files of a group and what is written to them for a limit; empty when the guest has no such limit. */
export function limitFiles({ kind, version }: Pick<Controller, 'kind' | 'version'>, { cpuPercent, memoryMiB }: GuestLimits): readonly (readonly [string, string])[] {
  if (kind === 'cpu') {
    if (cpuPercent === null) return [];
    const quota = Math.round((cpuPercent * PERIOD_US) / 100);
    return version === 2 ? [['cpu.max', `${quota} ${PERIOD_US}`]] : [['cpu.cfs_period_us', String(PERIOD_US)], ['cpu.cfs_quota_us', String(quota)]];
  }
  if (memoryMiB === null) return [];
  const bytes = String(memoryMiB * 1024 * 1024);
  return version === 2 ? [['memory.max', bytes], ['memory.swap.max', '0']] : [['memory.limit_in_bytes', bytes]];
}

/** Files of a memory group: how often the kernel ended a process in it for its limit, and the limit in bytes. */
export const memoryFiles = { 1: { kills: 'memory.oom_control', limit: 'memory.limit_in_bytes' }, 2: { kills: 'memory.events', limit: 'memory.max' } } as const;

/** The line `oom_kill NUMBER` (Documentation/admin-guide/cgroup-v2.rst; in version 1 since Linux 4.13). */
export function countKills(content: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(content)?.[1] ?? 0);
}
