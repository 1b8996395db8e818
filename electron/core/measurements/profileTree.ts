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

/** What is at an address without a symbol. */
export const UNKNOWN_SYMBOL = '(no symbol)';

/** Gathers profile samples into a tree from the outermost caller to the function itself. */
export function profileTree(symbols: SymbolTable | null, everyInstructions: number): EventReducer<Profile | null> {
  const root = grow('all');
  const names = new Map<bigint, string>();
  let unknown = 0;
  /** How far the kernel has moved itself away from where its symbols are. */
  let distance = 0n;
  const nameOf = (address: bigint): string => {
    const known = names.get(address);
    if (known !== undefined) return known;
    const name = (symbols === null ? null : nearestSymbol(symbols, BigInt.asUintN(64, address - distance))?.symbol.name) ?? UNKNOWN_SYMBOL;
    names.set(address, name);
    return name;
  };
  return {
    take(event) {
      if (event.kind === 'moved') ({ distance } = event);
      if (event.kind !== 'profile') return;
      // A return address may lie behind its function, whose last instruction is a call that never returns.
      const stack = [...event.callers.toReversed().map((caller) => nameOf(caller - 1n)), nameOf(event.address)];
      if (stack.at(-1) === UNKNOWN_SYMBOL) unknown += 1;
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
    result: () => (root.total === 0 ? null : { root: finished(root), everyInstructions, unknown }),
  };
}

/** The heaviest first, as a reader looks for it. */
function finished({ symbol, self, total, children }: GrowingNode): ProfileNode {
  return { symbol, self, total, children: [...children.values()].map(finished).toSorted((one, other) => other.total - one.total || one.symbol.localeCompare(other.symbol)) };
}
