import { cpus, release } from 'node:os';
import type { QemuBuild } from '../../contract/accelerators.ts';
import { inspectAcceleratorDevice } from './acceleratorDevice.ts';

/** All that the verdict on an accelerator depends on: while it is the same, the verdict holds. */
export async function provingKey(qemu: QemuBuild): Promise<string> {
  const kvm = await inspectAcceleratorDevice('kvm');
  return [qemu.id, release(), cpus()[0]?.model ?? '', kvm.kind].join(' | ');
}
