import { join } from 'node:path';
import type { AcceleratorReport } from '../../contract/accelerators.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { judgeProbe, type Judgement } from '../../core/accelerators/judgeProbe.ts';
import { provingGuests } from '../../core/accelerators/provingGuest.ts';
import type { DockerEngine } from '../../host/docker/engine.ts';
import type { ImageQemu } from '../../host/docker/images.ts';
import { startContainerMachine } from '../../host/docker/startContainerMachine.ts';
import { probeAccelerator } from '../../host/qemu/probeAccelerator.ts';

export interface ContainerProof {
  readonly engine: DockerEngine;
  readonly architecture: Architecture;
  readonly image: ImageQemu;
  readonly imagesDirectory: string;
  readonly runDirectory: string;
  /** For each boot. */
  readonly limitMs: number;
}

/** KVM needs the same instruction set; an ARM guest on a PC has none. */
const isPc = (architecture: Architecture): boolean => architecture === 'i386' || architecture === 'x86_64';

/**
 * Boots the built-in guest in a container of the image, with TCG and with KVM and its device mapped, as a guest would be.
 * Only this proves that guests in containers may have the device.
 */
export async function proveKvm({ engine, architecture, image, imagesDirectory, runDirectory, limitMs }: ContainerProof): Promise<Judgement> {
  if (!isPc(architecture) || !engine.sharesFiles) {
    return { verdict: 'absent' satisfies AcceleratorReport['verdict'], bootNs: null, tcgBootNs: null, evidence: ['KVM is tried for guests of PCs on an engine of this machine only'], fix: null, command: null };
  }
  const guest = provingGuests[architecture === 'x86_64' ? 'x86_64' : 'i386'];
  const probe = (accelerator: 'kvm' | 'tcg') =>
    probeAccelerator({
      qemu: image.qemu, architecture, accelerator, built: ['kvm', 'tcg'], guest, runDirectory, limitMs,
      kernelPath: join(imagesDirectory, guest.kernel),
      start: (start) => startContainerMachine({ ...start, engine, image: image.image, guest: null, limits: { cpuPercent: null, memoryMiB: null } }),
    });
  const tcg = await probe('tcg');
  return judgeProbe('kvm', await probe('kvm'), tcg.kind === 'booted' ? tcg.bootNs : null);
}
