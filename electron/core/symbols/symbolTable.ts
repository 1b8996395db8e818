import { DeclaredError } from '../../contract/errors.ts';
import { nearNames } from './nearNames.ts';

/** A name of a place in a kernel. */
export interface KernelSymbol {
  readonly name: string;
  readonly address: bigint;
  /** Stated by the file, or up to the next symbol where it states none. */
  readonly sizeBytes: bigint;
  readonly kind: 'function' | 'object' | 'label';
}

/** A symbol as a file gives it: without a size its end is not known yet. */
export type RawSymbol = Omit<KernelSymbol, 'sizeBytes'> & {
  readonly sizeBytes: bigint | null;
  /** Seen by other files of the program; of two symbols of one name or address the global one counts. */
  readonly global: boolean;
  /** Where the symbol's section ends, which no symbol passes; null when the file has no sections. */
  readonly limit: bigint | null;
};

export interface SymbolTable {
  /** The file, for people. */
  readonly file: string;
  /** By ascending address; of several at one address the one that a reader expects comes last. */
  readonly symbols: readonly KernelSymbol[];
  readonly byName: ReadonlyMap<string, KernelSymbol>;
  /** The addresses of `symbols`, for searching. */
  readonly addresses: BigUint64Array;
}

/** No function of a kernel is longer; behind a gap of more there is nothing that a symbol names. */
const LONGEST_GUESS = 0x1_0000n;

/** How much a symbol says about its address: a sized global function most. */
function weight({ kind, sizeBytes, global }: RawSymbol): number {
  return (kind === 'function' ? 4 : 0) + (sizeBytes !== null && sizeBytes > 0n ? 2 : 0) + (global ? 1 : 0);
}

/** Sorts symbols and gives each an end. */
export function makeSymbolTable(file: string, raw: readonly RawSymbol[]): SymbolTable {
  const sorted = [...raw].sort((one, other) => (one.address === other.address ? weight(one) - weight(other) : one.address < other.address ? -1 : 1));
  const symbols: KernelSymbol[] = [];
  let next: bigint | null = null;
  let address: bigint | null = null;
  for (const symbol of sorted.toReversed()) {
    if (address !== null && symbol.address !== address) next = address;
    address = symbol.address;
    const { name, kind, sizeBytes, limit } = symbol;
    symbols.push({ name, address, kind, sizeBytes: sizeBytes === null || sizeBytes === 0n ? guessSize(address, next, limit) : sizeBytes });
  }
  symbols.reverse();
  const byName = new Map<string, KernelSymbol>();
  const names = sorted.map((symbol, at) => ({ symbol, at })).sort((one, other) => Number(one.symbol.global) - Number(other.symbol.global));
  for (const { symbol, at } of names) byName.set(symbol.name, symbols[at] as KernelSymbol);
  return { file, symbols, byName, addresses: BigUint64Array.from(symbols, (symbol) => symbol.address) };
}

/** Up to the next symbol. What stands at the end of its section, as linkers' marks do, has nothing behind it. */
function guessSize(address: bigint, next: bigint | null, limit: bigint | null): bigint {
  if (limit !== null && limit <= address) return 0n;
  const ends = [next, limit].filter((end) => end !== null && end > address).map((end) => (end as bigint) - address);
  return [...ends, LONGEST_GUESS].reduce((least, size) => (size < least ? size : least));
}

/** The symbol in which an address lies and how far behind its begin, null where no symbol is. */
export function nearestSymbol({ symbols, addresses }: SymbolTable, address: bigint): { readonly symbol: KernelSymbol; readonly offset: bigint } | null {
  let [low, high] = [0, addresses.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((addresses[middle] ?? 0n) <= address) low = middle + 1;
    else high = middle;
  }
  const symbol = symbols[low - 1];
  if (symbol === undefined || address - symbol.address >= symbol.sizeBytes) return null;
  return { symbol, offset: address - symbol.address };
}

/** The symbol of a name. Throws SYMBOL_UNKNOWN with the names that are most like it. */
export function findSymbol({ file, byName }: SymbolTable, name: string): KernelSymbol {
  const symbol = byName.get(name);
  if (symbol === undefined) throw new DeclaredError('SYMBOL_UNKNOWN', { symbol: name, file, near: nearNames(name, byName.keys()) });
  return symbol;
}

/** A kernel that was linked to run anywhere, or moves itself (Linux's KASLR), has all from `from` on at an offset. */
export function moveSymbols(table: SymbolTable, offset: bigint, from = 0n): SymbolTable {
  const moved = new Map(table.symbols.map((symbol) => [symbol, symbol.address < from ? symbol : { ...symbol, address: BigInt.asUintN(64, symbol.address + offset) }]));
  const symbols = [...moved.values()].sort((one, other) => (one.address === other.address ? 0 : one.address < other.address ? -1 : 1));
  const byName = new Map([...table.byName].map(([name, symbol]) => [name, moved.get(symbol) ?? symbol]));
  return { file: table.file, symbols, byName, addresses: BigUint64Array.from(symbols, ({ address }) => address) };
}
