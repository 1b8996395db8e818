import { createHash } from 'node:crypto';
import type { GuestDefinition } from '../../contract/guests.ts';
import { limitProcess, removeGroups, sweepGroups, unenforceableLimits, type AppliedLimits } from '../../host/process/limitProcess.ts';

/** The limits of guests that run on this host; an engine limits its containers itself. */
export interface Limits {
  apply(definition: GuestDefinition, pid: number): Promise<AppliedLimits>;
  /** What cannot be enforced here, in words. */
  missing(definition: GuestDefinition): Promise<string[]>;
  remove(groups: readonly string[]): Promise<void>;
  /** Removes what a dead lab of this run directory left, but for what is kept. */
  sweep(kept: ReadonlySet<string>): Promise<void>;
}

export function createLimits(runDirectory: string): Limits {
  // The kernel names no owner of a group: by this prefix a lab knows its own.
  const prefix = `petri-${createHash('sha256').update(runDirectory).digest('hex').slice(0, 10)}-`;
  const hasAny = ({ limits, place }: GuestDefinition): boolean => place.kind === 'qemu' && (limits.cpuPercent !== null || limits.memoryMiB !== null);

  return {
    apply: async (definition, pid) => (hasAny(definition) ? limitProcess(pid, prefix + definition.id, definition.limits) : { groups: [], missing: [] }),
    missing: async (definition) => (hasAny(definition) ? unenforceableLimits(`${prefix}probe-${definition.id}`, definition.limits) : []),
    remove: removeGroups,
    sweep: (kept) => sweepGroups(prefix, kept),
  };
}
