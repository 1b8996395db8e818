import type { Profile, ProfileNode } from '../../contract/metrics.ts';
import { nearestSymbol, type SymbolTable } from '../symbols/symbolTable.ts';
import type { EventReducer } from '../traces/eventReducer.ts';

interface GrowingNode {
  readonly symbol: string;
  self: number;
  total: number;
  readonly children: Map<string, GrowingNode>;
}

const grow = (symbol: string): GrowingNode => ({ symbol, self: 0, total: 0, children: new Map() });

/** What is at an address of the kernel without a symbol, and what is at one that is none of the kernel's: a program, or firmware. */
export const UNKNOWN_SYMBOL = '(no symbol)';
export const OUTSIDE_KERNEL = '(outside the kernel)';

/** With fewer samples that have a caller, or fewer samples at all, nothing is said of the tree's depth. */
const FLAT = { share: 0.02, fewest: 50 } as const;
const WHY_FLAT = 'Hardly any sample shows who called: callers are followed by frame pointers, and this code was compiled without them, as most kernels and programs are. So each function stands beside the others, with its own share only.';

/** Gathers profile samples into a tree from the outermost caller to the function itself. */
export function profileTree(symbols: SymbolTable | null, everyInstructions: number): EventReducer<Profile | null> {
  const root = grow('all');
  const names = new Map<bigint, string>();
  let [unknown, withCallers] = [0, 0];
  const isInKernel = kernelRange(symbols);
  /** How far the kernel has moved itself away from where its symbols are. */
  let distance = 0n;
  const nameOf = (address: bigint): string => {
    const known = names.get(address);
    if (known !== undefined) return known;
    const linked = BigInt.asUintN(64, address - distance);
    const name = (symbols === null ? null : nearestSymbol(symbols, linked)?.symbol.name) ?? (isInKernel(linked) ? UNKNOWN_SYMBOL : OUTSIDE_KERNEL);
    names.set(address, name);
    return name;
  };
  return {
    take(event) {
      if (event.kind === 'moved') ({ distance } = event);
      if (event.kind !== 'profile') return;
      // A return address may lie behind its function, whose last instruction is a call that never returns.
      const stack = [...event.callers.toReversed().map((caller) => nameOf(caller - 1n)), nameOf(event.address)];
      if (stack.at(-1) === UNKNOWN_SYMBOL || stack.at(-1) === OUTSIDE_KERNEL) unknown += 1;
      if (event.callers.length > 0) withCallers += 1;
      let node = root;
      node.total += 1;
      for (const symbol of stack) {
        const child = node.children.get(symbol) ?? grow(symbol);
        node.children.set(symbol, child);
        child.total += 1;
        node = child;
      }
      node.self += 1;
    },
    result: () => (root.total === 0 ? null : { root: finished(root), everyInstructions, unknown, flat: root.total >= FLAT.fewest && withCallers < FLAT.share * root.total ? WHY_FLAT : null }),
  };
}

/** From the first function to the last one; without symbols nobody knows what is the kernel's. */
function kernelRange(table: SymbolTable | null): (address: bigint) => boolean {
  const functions = table?.symbols.filter(({ kind }) => kind === 'function') ?? [];
  const [first, last] = [functions[0], functions.at(-1)];
  if (first === undefined || last === undefined) return () => true;
  return (address) => address >= first.address && address < last.address + last.sizeBytes;
}

/** The heaviest first, as a reader looks for it. */
function finished({ symbol, self, total, children }: GrowingNode): ProfileNode {
  return { symbol, self, total, children: [...children.values()].map(finished).toSorted((one, other) => other.total - one.total || one.symbol.localeCompare(other.symbol)) };
}
