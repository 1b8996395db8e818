import type { AcceleratorName } from '../../contract/accelerators.ts';
import type { MachineDefinition } from '../../contract/catalog.ts';
import type { Architecture } from '../../contract/primitives.ts';

/** The CPU that a machine gets: the definition's own, or for `auto` the one that follows from accelerator and board. */
export function resolveCpuModel({ cpuModel, board }: Pick<MachineDefinition, 'cpuModel' | 'board'>, architecture: Architecture, accelerator: AcceleratorName): string {
  if (cpuModel !== 'auto') return cpuModel;
  if (accelerator !== 'tcg') return 'host';
  // QEMU's `virt` board gives a 32-bit guest a Cortex-A15; `max` there is a 64-bit model from QEMU 9 on.
  return board === 'virt' && architecture === 'arm' ? 'cortex-a15' : 'max';
}
