import type { PhaseTable } from '../../contract/measurements.ts';
import type { Architecture } from '../../contract/primitives.ts';

/** What instruments have to know of a system's kernel. */
export interface GuestSystem {
  /** The decoder of its calls, as core/calls names them; null when none is known. */
  readonly decoder: string | null;
  /** The symbol that is reached once when the kernel goes on with another thread; null when none is known. */
  readonly switchSymbol: string | null;
}

const unknown: GuestSystem = { decoder: null, switchSymbol: null };

/** By the id of the phase table. Symbols are those of the kernels' own sources: arch/x86/entry/entry_64.S and arch/arm/kernel/entry-armv.S of Linux, i386/i386/cswitch.S of Mach. */
const systems: Readonly<Record<string, (architecture: Architecture) => GuestSystem>> = {
  // Its scheduler loads the address space of a process only when the one before was another.
  'builtin-i386': () => ({ decoder: 'builtin', switchSymbol: 'address_space_load' }),
  'builtin-arm': () => ({ decoder: 'builtin', switchSymbol: 'address_space_load' }),
  minix3: () => ({ decoder: 'minix-3.4', switchSymbol: null }),
  minix2: () => ({ decoder: 'minix-2', switchSymbol: null }),
  gnumach: () => ({ decoder: 'mach', switchSymbol: 'Switch_context' }),
  linux: (architecture) => ({ decoder: architecture === 'aarch64' ? null : `linux-${architecture}`, switchSymbol: architecture === 'arm' ? '__switch_to' : '__switch_to_asm' }),
};

export function guestSystem({ id }: Pick<PhaseTable, 'id'>, architecture: Architecture): GuestSystem {
  return systems[id]?.(architecture) ?? unknown;
}
