import type { QemuBuild } from '../../contract/accelerators.ts';
import { runProcess } from '../process/runProcess.ts';

/** A QEMU answers within a second; ten are for a host that swaps. */
const LIMIT_MS = 10_000;

/** The names of the boards that a QEMU has; the first word of each line of its list. Throws PROCESS_FAILED. */
export async function knownBoards({ program }: QemuBuild): Promise<string[]> {
  const { stdout } = await runProcess(program, ['-machine', 'help'], { timeLimitMs: LIMIT_MS });
  return stdout.split('\n').slice(1).map((line) => line.split(/\s/)[0] ?? '').filter((name) => name !== '');
}
