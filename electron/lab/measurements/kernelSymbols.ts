import { DeclaredError } from '../../contract/errors.ts';
import type { EventPlan, PhaseTable, Subject } from '../../contract/measurements.ts';
import type { SymbolTable } from '../../core/symbols/symbolTable.ts';
import { readKernelSymbols } from '../../host/symbols/readSymbols.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { PreparationTools } from './prepareRun.ts';

/** The symbols of a guest's kernel, or why there are none. */
export interface KnownSymbols {
  readonly table: SymbolTable | null;
  readonly missing: DeclaredError | null;
}

/** A kernel without symbols of its own can still be watched; a file that was named must fit. */
export async function symbolsOf({ kernelPath }: Pick<ResolvedGuest, 'kernelPath'>, { symbolFile }: Pick<EventPlan, 'symbolFile'>): Promise<KnownSymbols> {
  if (kernelPath === null) return { table: null, missing: new DeclaredError('SYMBOLS_UNREADABLE', { file: 'the kernel', reason: 'the guest boots from a disk, and its kernel is not read from there' }) };
  try {
    return { table: (await readKernelSymbols(kernelPath, symbolFile)).table, missing: null };
  } catch (error) {
    if (symbolFile !== null || !(error instanceof DeclaredError)) throw error;
    return { table: null, missing: error };
  }
}

/** A profile names functions, and the phases of a boot are stamped at symbols too: where there are none, that is said. */
export function wantsSymbols({ profileEvery, window }: Pick<EventPlan, 'profileEvery' | 'window'>, { phases }: Pick<PhaseTable, 'phases'>): boolean {
  return profileEvery !== null || (window.from === 'spawn' && phases.some(({ symbol }) => symbol !== undefined));
}

/**
 * Sees that a file has the symbols of each kernel that is to be booted. Throws SYMBOLS_UNREADABLE, SYMBOLS_STRIPPED,
 * SYMBOLS_OF_ANOTHER_KERNEL, and INPUT_INVALID for a kernel that cannot be read.
 */
export async function proveSymbols(subjects: readonly Subject[], symbolFile: string, guests: Pick<PreparationTools['guests'], 'resolve'>): Promise<void> {
  for (const { guest, accelerator } of subjects.filter(({ control }) => !control)) {
    const { kernelPath } = await guests.resolve({ ...guest, accelerator });
    if (kernelPath === null) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'events.symbolFile', message: `${guest.name} boots from a disk: whether the symbols belong to its kernel cannot be seen` }] });
    await readKernelSymbols(kernelPath, symbolFile);
  }
}
