import type { HostFingerprint } from '../../contract/hosts.ts';

/** What makes the numbers of two machines comparable. */
export type HostFacts = Omit<HostFingerprint, 'id'>;

/** The text whose digest is the host's `id`. Load and governor change by the minute and are not part of it. */
export function fingerprintText({ platform, kernel, cpuModel, cores, memoryBytes }: HostFacts): string {
  return [platform, kernel, cpuModel, cores, memoryBytes].join('\n');
}

/** True when `/proc/cpuinfo` has the flag by which a hypervisor tells its guests of itself; null where there are no flags (ARM). */
export function readsHypervisorFlag(cpuinfo: string): boolean | null {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1];
  return flags === undefined ? null : flags.split(/\s+/).includes('hypervisor');
}
