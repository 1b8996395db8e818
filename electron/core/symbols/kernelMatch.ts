import { DeclaredError } from '../../contract/errors.ts';
import { countCallTargets } from './callTargets.ts';
import type { ElfFile } from './elfFile.ts';
import { bytesAt, ownSymbols, type KernelImage } from './kernelImage.ts';
import type { SymbolTable } from './symbolTable.ts';

/** Symbols and the ELF file that they are from, which a list of text has not. */
export interface SymbolSource {
  readonly table: SymbolTable;
  readonly elf: ElfFile | null;
}

/** One thing that was looked at. */
interface Finding {
  readonly agrees: boolean;
  readonly words: string;
}

/**
 * Whether symbols belong to a kernel; answers what showed it, for people. By build identity where both have one, else by the entry point,
 * the sections' addresses and the bytes around symbols. Throws SYMBOLS_OF_ANOTHER_KERNEL when anything speaks against it, or nothing for it.
 */
export function proveSameKernel(source: SymbolSource, kernel: KernelImage): string[] {
  const findings = source.elf === null ? listFindings(source.table, kernel) : elfFindings(source.elf, source.table, kernel);
  const against = findings.filter(({ agrees }) => !agrees);
  if (findings.length > 0 && against.length === 0) return findings.map(({ words }) => words);
  const differences = findings.length === 0 ? ['nothing in them shows that they belong together'] : against.map(({ words }) => words);
  throw new DeclaredError('SYMBOLS_OF_ANOTHER_KERNEL', { file: source.table.file, kernel: kernel.file, differences });
}

const hex = (address: bigint): string => `0x${address.toString(16)}`;

function elfFindings(elf: ElfFile, table: SymbolTable, kernel: KernelImage): Finding[] {
  const other = kernel.elf?.buildId ?? null;
  if (elf.buildId !== null && other !== null) {
    return [{ agrees: elf.buildId === other, words: elf.buildId === other ? `both have the build identity ${other}` : `build identity ${elf.buildId} instead of ${other}` }];
  }
  return [...compareEntry(elf, kernel), ...compareSections(elf, kernel), ...compareBytes(elf, table, kernel)];
}

function compareEntry({ entry }: ElfFile, kernel: KernelImage): Finding[] {
  if (kernel.entry === null) return [];
  const agrees = entry === kernel.entry;
  return [{ agrees, words: agrees ? `both begin at ${hex(entry)}` : `entry point ${hex(entry)} instead of ${hex(kernel.entry)}` }];
}

function compareSections({ sections }: ElfFile, { elf }: KernelImage): Finding[] {
  const theirs = new Map(elf?.sections.filter(({ allocated }) => allocated).map((section) => [section.name, section]));
  const shared = sections.filter(({ name, allocated }) => allocated && theirs.has(name));
  const different = shared.filter(({ name, address, size }) => theirs.get(name)?.address !== address || theirs.get(name)?.size !== size);
  if (shared.length === 0) return [];
  if (different.length === 0) return [{ agrees: true, words: `${shared.length} sections have the same addresses and sizes` }];
  return different.slice(0, 4).map(({ name, address, size }) => {
    const section = theirs.get(name);
    return { agrees: false, words: `section ${name} at ${hex(address)} with ${size} bytes instead of ${hex(section?.address ?? 0n)} with ${section?.size ?? 0n}` };
  });
}

/** So many functions are compared, spread over the whole kernel, by so many bytes each. */
const COMPARED = { symbols: 512, bytes: 16 } as const;

/** A file with symbols only (objcopy --only-keep-debug) has no bytes to compare. */
function compareBytes(elf: ElfFile, { symbols, file }: SymbolTable, kernel: KernelImage): Finding[] {
  const parts = elf.sections.filter(({ executable, type }) => executable && type === 1).map(({ address, offset, size }) => ({ address, bytes: elf.bytes.subarray(offset, offset + Number(size)), executable: true }));
  const own: KernelImage = { file, architecture: 'other', entry: null, parts, elf: null };
  const functions = symbols.filter(({ kind }) => kind !== 'object');
  const step = Math.max(1, Math.floor(functions.length / COMPARED.symbols));
  let same = 0;
  for (let at = 0; at < functions.length; at += step) {
    const { address, name } = functions[at] ?? { address: 0n, name: '' };
    const [mine, theirs] = [bytesAt(own, address, COMPARED.bytes), bytesAt(kernel, address, COMPARED.bytes)];
    if (mine === null || theirs === null) continue;
    if (mine.some((byte, position) => byte !== theirs[position])) return [{ agrees: false, words: `other code at ${name} (${hex(address)})` }];
    same++;
  }
  return same === 0 ? [] : [{ agrees: true, words: `the same bytes at ${same} functions` }];
}

function listFindings(table: SymbolTable, kernel: KernelImage): Finding[] {
  const own = ownSymbols(kernel);
  if (own !== null) return [compareNames(table, own)];
  return [...entryIsNamed(table, kernel), ...bannerIsThere(table, kernel), ...callsMeetSymbols(table, kernel)];
}

/** The kernel has its symbols still: then every name that both have must be at one address. */
function compareNames({ byName }: SymbolTable, own: SymbolTable): Finding {
  const shared = own.symbols.filter((symbol) => own.byName.get(symbol.name) === symbol && byName.has(symbol.name));
  const different = shared.filter(({ name, address }) => byName.get(name)?.address !== address);
  const [first] = different;
  if (shared.length * 2 < own.byName.size) return { agrees: false, words: `only ${shared.length} of the kernel’s own ${own.byName.size} symbols are in it` };
  if (first === undefined) return { agrees: true, words: `${shared.length} symbols that the kernel has itself are at the same addresses` };
  return { agrees: false, words: `${different.length} symbols are elsewhere, for example ${first.name} at ${hex(byName.get(first.name)?.address ?? 0n)} instead of ${hex(first.address)}` };
}

/** An x86-64 Linux is entered at its physical address, of which no symbol tells; then there is nothing to compare. */
function entryIsNamed({ symbols }: SymbolTable, { entry, parts }: KernelImage): Finding[] {
  const isLinked = parts.some(({ address, bytes }) => entry !== null && entry >= address && entry < address + BigInt(bytes.length));
  if (entry === null || !isLinked) return [];
  const named = symbols.find(({ address, kind }) => address === entry && kind !== 'object');
  return [{ agrees: named !== undefined, words: named === undefined ? `no symbol at the kernel’s entry point ${hex(entry)}` : `the kernel’s entry point ${hex(entry)} is ${named.name}` }];
}

/** What is known to stand at a symbol. */
const banners: readonly (readonly [symbol: string, text: string])[] = [['linux_banner', 'Linux version '], ['version', 'GNU Mach']];

function bannerIsThere({ byName }: SymbolTable, kernel: KernelImage): Finding[] {
  return banners.flatMap(([name, text]) => {
    const symbol = byName.get(name);
    const bytes = symbol === undefined ? null : bytesAt(kernel, symbol.address, text.length);
    if (symbol === undefined || (bytes === null && name !== 'linux_banner')) return [];
    const found = bytes === null ? null : String.fromCharCode(...bytes);
    // A pointer, or another system's variable of that name, tells nothing.
    if (found !== text && name !== 'linux_banner') return [];
    return [{ agrees: found === text, words: `${found === text ? '' : 'not '}“${text.trim()}” at ${name} (${hex(symbol.address)})` }];
  });
}

/** Fewer calls tell nothing; of the right kernel's at least this part leads to symbols. */
const CALLS = { fewest: 20, part: 0.5 } as const;

function callsMeetSymbols(table: SymbolTable, kernel: KernelImage): Finding[] {
  const { calls, toSymbols } = countCallTargets(kernel, table);
  if (calls < CALLS.fewest) return [];
  return [{ agrees: toSymbols >= calls * CALLS.part, words: `${toSymbols} of ${calls} calls in its code lead to a symbol` }];
}
