import { acceleratorName, type AcceleratorName } from '../../contract/accelerators.ts';

/** Reads `qemu-system-… -accel help`: the names below its heading that Petri knows (qtest and xen it does not offer). */
export function parseAcceleratorHelp(output: string): AcceleratorName[] {
  const names = output.split('\n').map((line) => acceleratorName.safeParse(line.trim()));
  return names.filter((name) => name.success).map((name) => name.data);
}

/** The system that each accelerator belongs to: as Node's `process.platform` calls it, and as people do. */
const homes: Record<Exclude<AcceleratorName, 'tcg'>, { platform: string; name: string }> = {
  kvm: { platform: 'linux', name: 'Linux' },
  hvf: { platform: 'darwin', name: 'macOS' },
  whpx: { platform: 'win32', name: 'Windows' },
  nvmm: { platform: 'netbsd', name: 'NetBSD' },
};

/** Why an accelerator that QEMU does not list cannot be had on this platform. */
export function absenceEvidence(accelerator: AcceleratorName, program: string, platform: string): string[] {
  const line = `${program} -accel help does not list ${accelerator}`;
  if (accelerator === 'tcg') return [`${line}: it was built without it`];
  const { platform: home, name } = homes[accelerator];
  if (platform !== home) return [`${line}: it belongs to ${name}`];
  return [`${line}: it runs guests of the host’s own processor only, or this QEMU was built without it`];
}
