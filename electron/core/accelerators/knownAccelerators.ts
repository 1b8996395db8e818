import { acceleratorName, type AcceleratorName } from '../../contract/accelerators.ts';

/** Reads `qemu-system-… -accel help`: the names below its heading that Petri knows (qtest and xen it does not offer). */
export function parseAcceleratorHelp(output: string): AcceleratorName[] {
  const names = output.split('\n').map((line) => acceleratorName.safeParse(line.trim()));
  return names.filter((name) => name.success).map((name) => name.data);
}

const platforms: Record<AcceleratorName, string> = {
  kvm: 'Linux',
  hvf: 'macOS',
  whpx: 'Windows',
  nvmm: 'NetBSD',
  tcg: 'every system',
};

/** Why an accelerator that QEMU does not list cannot be had here. */
export function absenceEvidence(accelerator: AcceleratorName, program: string): string[] {
  return [`${program} -accel help does not list ${accelerator}; it belongs to ${platforms[accelerator]}`];
}
