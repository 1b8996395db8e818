import { open, stat } from 'node:fs/promises';
import { unreadable } from '../../core/symbols/byteReader.ts';
import { isElf, readElf, SECTION } from '../../core/symbols/elfFile.ts';
import { elfSymbols } from '../../core/symbols/elfSymbols.ts';
import { kallsyms } from '../../core/symbols/kallsyms.ts';
import { plainImage, readKernelImage, type KernelImage } from '../../core/symbols/kernelImage.ts';
import { proveSameKernel, type SymbolSource } from '../../core/symbols/kernelMatch.ts';
import { readSymbolList } from '../../core/symbols/symbolList.ts';
import { makeSymbolTable, type SymbolTable } from '../../core/symbols/symbolTable.ts';
import { LIMIT_BYTES, unwrapKernel } from './unwrapKernel.ts';

/** A kernel's symbols and what showed that they are its own, in sentences. */
export interface KernelSymbols {
  readonly table: SymbolTable;
  readonly evidence: readonly string[];
}

/**
 * The symbols of a kernel: its own, or those of `symbolFile` (an ELF file, the output of nm, Linux's System.map or kallsyms) after a proof that
 * they belong to it. Each may be packed, and the kernel may be a vmlinuz.
 * Throws SYMBOLS_UNREADABLE, SYMBOLS_STRIPPED, SYMBOLS_OF_ANOTHER_KERNEL.
 */
export async function readKernelSymbols(kernelPath: string, symbolFile: string | null): Promise<KernelSymbols> {
  const kernel = await unwrapKernel(kernelPath, await readWhole(kernelPath));
  if (symbolFile === null) return ownSymbolsOf(kernelPath, kernel);
  const source = await readSource(symbolFile);
  return { table: source.table, evidence: proveSameKernel(source, imageOf(kernelPath, kernel, source)) };
}

/** The symbol table of an ELF file; else the list that Linux keeps for its own messages, which nobody strips. */
function ownSymbolsOf(path: string, bytes: Buffer): KernelSymbols {
  const elf = isElf(bytes) ? readElf(path, bytes) : null;
  if (elf?.sections.some(({ type }) => type === SECTION.symbols) === true) return { table: elfSymbols(elf), evidence: ['the kernel’s own symbol table'] };
  const listed = kallsyms(bytes, elf?.bits === 64 ? 8 : 4);
  if (listed !== null) return { table: makeSymbolTable(path, listed), evidence: ['the list of its own names that the kernel carries (kallsyms)'] };
  if (elf === null) throw unreadable(path, 'it is no ELF file, so it has no symbols of its own, and it carries no list of names (kallsyms)');
  return { table: elfSymbols(elf), evidence: [] };
}

/** Symbols as a file has them, whatever kernel they belong to. */
export async function readSource(path: string): Promise<SymbolSource> {
  const bytes = await unwrapKernel(path, await readWhole(path));
  if (!isElf(bytes)) return { table: readSymbolList(path, bytes.toString('latin1')), elf: null };
  const elf = readElf(path, bytes);
  return { table: elfSymbols(elf), elf };
}

/** What was inside a zImage has no header. */
function imageOf(path: string, bytes: Buffer, { table }: SymbolSource): KernelImage {
  const isHeaderless = !isElf(bytes) && table.byName.has('linux_banner');
  return isHeaderless ? plainImage(path, bytes, table) : readKernelImage(path, bytes);
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    // A device has no end, and to open a pipe is to wait for whoever writes to it.
    if (!(await stat(path)).isFile()) throw unreadable(path, 'it is a folder, a device or a pipe, and no file');
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > LIMIT_BYTES) throw unreadable(path, `it has ${size} bytes, and no kernel has more than ${LIMIT_BYTES}`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'errno' in error) throw unreadable(path, error.message);
    throw error;
  }
}
