import type { Architecture } from '../../contract/primitives.ts';
import type { SymbolTable } from './symbolTable.ts';

/**
 * Where the code of a kernel that may move itself was linked to begin; null for one that stays. Linux on x86 chooses its place anew at each
 * boot (CONFIG_RANDOMIZE_BASE, Documentation/admin-guide/kernel-parameters.txt: `nokaslr`).
 */
export function movingKernelBegin({ byName }: Pick<SymbolTable, 'byName'>, architecture: Architecture, kernelArguments: string): bigint | null {
  const isLinux = byName.has('start_kernel') && byName.has('_text');
  if (!isLinux || (architecture !== 'i386' && architecture !== 'x86_64')) return null;
  return /(^| )nokaslr( |$)/.test(kernelArguments) ? null : (byName.get('_text')?.address ?? null);
}
