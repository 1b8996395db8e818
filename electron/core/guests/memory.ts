/**
 * What QEMU is taken to need beside the guest's own memory: its program, tables and translated code. A cautious estimate:
 * twenty idle guests of 64 MiB under TCG with QEMU 7.2 took 23 MB each, guest memory included (`npm run bench`).
 */
export const QEMU_OVERHEAD_MIB = 48;

export interface MemoryUser {
  readonly name: string;
  /** What it is promised. */
  readonly memoryMiB: number;
}

export interface HostMemory {
  readonly totalMiB: number;
  /** What programs other than guests take now. */
  readonly othersMiB: number;
  /** What is kept for the host, a setting. */
  readonly reserveMiB: number;
}

export interface GuestMemory {
  readonly memoryMiB: number;
  readonly reservedMiB: number;
}

/** What a guest is promised while it runs: its memory with what QEMU needs, or its reservation where that is more. */
export function promisedMiB({ memoryMiB, reservedMiB }: GuestMemory): number {
  return Math.max(memoryMiB + QEMU_OVERHEAD_MIB, reservedMiB);
}

/** The sum that says how much memory one more guest can be given. Takers have a minus. */
export interface MemoryBudget {
  readonly availableMiB: number;
  readonly sum: readonly MemoryUser[];
}

/** What is left when everything is taken that is in use, promised to guests or kept for somebody. */
export function memoryBudget({ totalMiB, othersMiB, reserveMiB }: HostMemory, promised: readonly MemoryUser[]): MemoryBudget {
  const taken = [{ name: 'other programs', memoryMiB: othersMiB }, { name: 'kept for the host', memoryMiB: reserveMiB }, ...promised];
  const availableMiB = Math.max(0, totalMiB - taken.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0));
  return { availableMiB, sum: [{ name: 'this host has', memoryMiB: totalMiB }, ...taken.filter(({ memoryMiB }) => memoryMiB > 0).map(({ name, memoryMiB }) => ({ name, memoryMiB: -memoryMiB }))] };
}
