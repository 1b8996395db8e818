import type { AcceleratorName, QemuBuild } from '../../contract/accelerators.ts';
import { parseAcceleratorHelp } from '../../core/accelerators/knownAccelerators.ts';
import { runProcess } from '../process/runProcess.ts';

/** The accelerators that this QEMU was built with. Throws PROCESS_FAILED. */
export async function listBuiltAccelerators({ program }: QemuBuild, timeLimitMs: number): Promise<AcceleratorName[]> {
  return parseAcceleratorHelp((await runProcess(program, ['-accel', 'help'], { timeLimitMs })).stdout);
}
