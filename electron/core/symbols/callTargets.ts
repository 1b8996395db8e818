import type { KernelImage, KernelPart } from './kernelImage.ts';
import type { SymbolTable } from './symbolTable.ts';

/** How many calls in a kernel's code lead to the begin of a symbol, of how many that lead into its code at all. */
export interface CallTargets {
  readonly calls: number;
  readonly toSymbols: number;
}

/** So many calls tell one build from another; more cost only time. */
const ENOUGH = 20_000;

/**
 * Looks for direct calls in the code: `call rel32` (E8, Intel SDM volume 2) and ARM's `BL` (Arm ARM, A8.8.25). A wrong list of symbols is hit by
 * chance only; a right one by nearly all, apart from bytes that look like calls and are none.
 */
export function countCallTargets({ architecture, parts }: KernelImage, symbols: SymbolTable): CallTargets {
  const begins = new Set(symbols.symbols.flatMap(({ kind, address }) => (kind === 'object' ? [] : [address])));
  const code = parts.filter(({ executable }) => executable);
  const inCode = (address: bigint): boolean => code.some((part) => address >= part.address && address < part.address + BigInt(part.bytes.length));
  const count = { calls: 0, toSymbols: 0 };
  for (const part of code) {
    for (const target of targets(architecture, part)) {
      if (!inCode(target)) continue;
      count.calls++;
      if (begins.has(target)) count.toSymbols++;
      if (count.calls >= ENOUGH) return count;
    }
  }
  return count;
}

function targets(architecture: KernelImage['architecture'], part: KernelPart): Iterable<bigint> {
  if (architecture === 'x86') return x86Targets(part);
  return architecture === 'arm' ? armTargets(part) : [];
}

function* x86Targets({ address, bytes }: KernelPart): Generator<bigint> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.indexOf(0xe8); at !== -1 && at + 5 <= bytes.length; at = bytes.indexOf(0xe8, at + 1)) {
    yield address + BigInt(at + 5 + view.getInt32(at + 1, true));
  }
}

function* armTargets({ address, bytes }: KernelPart): Generator<bigint> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const instruction = view.getUint32(at, true);
    // Condition "always", 1011, then a signed distance in words from two instructions ahead.
    if (instruction >>> 24 === 0xeb) yield address + BigInt(at + 8 + ((instruction << 8) >> 6));
  }
}
