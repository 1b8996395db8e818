import { DeclaredError } from '../../contract/errors.ts';
import type { MachineSpecification } from './machine.ts';

type Timed = Pick<MachineSpecification, 'accelerator' | 'machine' | 'logicalTime'>;

/**
 * Why a machine cannot run in logical time, null when it can. QEMU counts instructions only where it translates them, and with several CPUs
 * it would let them take turns, which no machine does.
 */
export function logicalTimeObstacle({ accelerator, machine }: Pick<Timed, 'accelerator' | 'machine'>): string | null {
  if (accelerator !== 'tcg') return `with the accelerator ${accelerator} the processor itself runs the guest, and nobody counts its instructions`;
  return machine.cpus > 1 ? `it has ${machine.cpus} CPUs, of which each has its own time` : null;
}

/** The firmware works over the machine's UUID, so that its digits change how many instructions it takes. */
export const LOGICAL_UUID = '9e0d1a57-0000-4000-8000-000000000000';

/** Throws LOGICAL_TIME_REFUSED where there is an obstacle. */
export function refuseLogicalTime(machine: Pick<Timed, 'accelerator' | 'machine'>): void {
  const reason = logicalTimeObstacle(machine);
  if (reason !== null) throw new DeclaredError('LOGICAL_TIME_REFUSED', { reason });
}

/**
 * Instructions are the clock: one takes a nanosecond, waiting takes none, and the real-time clock begins at the same moment each time. So a
 * guest that is given nothing from outside does the same at each boot, to the last instruction. Throws LOGICAL_TIME_REFUSED.
 */
export function logicalTime(specification: Timed): string[] {
  if (specification.logicalTime !== true) return [];
  refuseLogicalTime(specification);
  return ['-icount', 'shift=0,sleep=off', '-rtc', 'base=2024-01-01,clock=vm'];
}
