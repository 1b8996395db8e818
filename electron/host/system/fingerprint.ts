import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, type as systemType } from 'node:os';
import type { HostFingerprint } from '../../contract/hosts.ts';
import { fingerprintText, readsHypervisorFlag } from '../../core/hosts/fingerprint.ts';

/** This machine as it is now. */
export function readFingerprint(): HostFingerprint {
  const processors = cpus();
  const facts = {
    platform: `${process.platform} ${arch()}`,
    kernel: `${systemType()} ${release()}`,
    cpuModel: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    governor: readText('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim() ?? null,
    virtualised: isVirtualised(),
  };
  return { id: createHash('sha256').update(fingerprintText(facts)).digest('hex'), ...facts };
}

/** The CPU's flag, or what the firmware calls the machine; null where neither says anything. */
function isVirtualised(): boolean | null {
  const flag = readsHypervisorFlag(readText('/proc/cpuinfo') ?? '');
  if (flag !== null) return flag;
  const product = readText('/sys/class/dmi/id/sys_vendor');
  return product === null ? null : /qemu|vmware|innotek|xen|amazon ec2|google/i.test(product);
}

/** The one-minute load average, or null on Windows, which has none. */
export function readLoad(): number | null {
  return process.platform === 'win32' ? null : (loadavg()[0] ?? null);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not this kernel, or not for this user.
    return null;
  }
}
