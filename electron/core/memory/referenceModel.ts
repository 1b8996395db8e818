import type { MemoryModel } from '../../contract/metrics.ts';
import type { ModelCounters } from '../traces/traceEvent.ts';

/** One access of a program, by virtual address. */
export type MemoryAccess =
  | { readonly kind: 'load' | 'store'; readonly address: bigint; readonly bytes: number; /** Of the instruction that makes it. */ readonly instruction: bigint }
  /** A line of code is fetched. */
  | { readonly kind: 'fetch'; readonly address: bigint; /** Of the block that begins here. */ readonly instructions?: number };

/** The memory model as the plugin has it, written a second time and simply: see `createReferenceModel`. */
export interface ReferenceModel {
  access(access: MemoryAccess): void;
  /** The address space was switched: the TLBs lose everything. */
  switchSpace(): void;
  counters(): ModelCounters;
}

const PAGE_BITS = 12n;
const PAGE_MASK = (1n << PAGE_BITS) - 1n;

/** One set-associative memory that evicts what was not used for the longest time. */
function createStore({ sets, ways }: { readonly sets: number; readonly ways: number }) {
  const lines = new Map<bigint, bigint[]>();
  return {
    /** Whether it was there; it is the last used one afterwards. */
    use(key: bigint): boolean {
      const set = key % BigInt(sets);
      const others = lines.get(set) ?? [];
      const wasThere = others.includes(key);
      lines.set(set, [key, ...others.filter((other) => other !== key)].slice(0, ways));
      return wasThere;
    },
    clear: () => lines.clear(),
  };
}

/**
 * The second opinion for the plugin's model in C, for tests: the same accesses give the same counters. Caches are looked up by physical
 * address and TLBs by virtual one; a first-level miss goes on to the last level or the second TLB; what is missing is filled in at each
 * level; an access over the end of a line needs both lines. `physicalPage` is the page table. With `step` the working set begins anew at
 * the first block behind each so many instructions, after `ended` was told the counters.
 */
export function createReferenceModel(model: MemoryModel, physicalPage: (page: bigint) => bigint, step?: { readonly instructions: number; readonly ended: (counters: ModelCounters) => void }): ReferenceModel {
  const l1Data = createStore(model.l1Data);
  const l1Instruction = createStore(model.l1Instruction);
  const lastLevel = createStore(model.lastLevel);
  const [dataTlb, instructionTlb, secondTlb] = [createStore(model.dataTlb), createStore(model.instructionTlb), createStore(model.secondTlb)];
  const data = { loads: 0, loadMisses: 0, stores: 0, storeMisses: 0 };
  const translations = { loadMisses: 0, storeMisses: 0 };
  const code = { references: 0, misses: 0, tlbMisses: 0 };
  const last = { references: 0, misses: 0 };
  const second = { references: 0, misses: 0 };
  const pages = new Set<bigint>();
  const strides = { same: 0, word: 0, line: 0, page: 0, far: 0 };
  const before = new Map<bigint, bigint>();
  let [carriedOut, stepsEnded] = [0, 0];

  const translate = (tlb: typeof dataTlb, page: bigint): boolean => {
    pages.add(physicalPage(page));
    if (tlb.use(page)) return true;
    second.references += 1;
    if (!secondTlb.use(page)) second.misses += 1;
    return false;
  };
  const refer = (first: typeof l1Data, address: bigint, lineBytes: number): boolean => {
    const physical = (physicalPage(address >> PAGE_BITS) << PAGE_BITS) | (address & PAGE_MASK);
    if (first.use(physical / BigInt(lineBytes))) return true;
    last.references += 1;
    if (!lastLevel.use(physical / BigInt(model.lastLevel.lineBytes))) last.misses += 1;
    return false;
  };
  const referData = (address: bigint, bytes: number): boolean => {
    const { lineBytes } = model.l1Data;
    const end = address + BigInt(bytes) - 1n;
    const hits = refer(l1Data, address, lineBytes);
    if (address / BigInt(lineBytes) === end / BigInt(lineBytes)) return hits;
    if (end >> PAGE_BITS !== address >> PAGE_BITS) translate(dataTlb, end >> PAGE_BITS);
    return refer(l1Data, end, lineBytes) && hits;
  };
  const countStride = (instruction: bigint, address: bigint): void => {
    const earlier = before.get(instruction);
    before.set(instruction, address);
    if (earlier !== undefined) strides[strideName(address > earlier ? address - earlier : earlier - address)] += 1;
  };
  const counters = (): ModelCounters => ({
    l1Data: { ...data },
    l1Instruction: { references: code.references, misses: code.misses },
    lastLevel: { ...last },
    dataTlb: { loads: data.loads, stores: data.stores, ...translations },
    instructionTlb: { references: code.references, misses: code.tlbMisses },
    secondTlb: { ...second },
    workingSetPages: pages.size,
    strides: { ...strides },
  });
  const beginBlock = (instructions: number): void => {
    if (step !== undefined && Math.floor(carriedOut / step.instructions) > stepsEnded) {
      step.ended(counters());
      pages.clear();
      stepsEnded = Math.floor(carriedOut / step.instructions);
    }
    carriedOut += instructions;
  };
  return {
    access(access) {
      const { address } = access;
      if (access.kind === 'fetch') {
        beginBlock(access.instructions ?? 0);
        code.references += 1;
        if (!translate(instructionTlb, address >> PAGE_BITS)) code.tlbMisses += 1;
        if (!refer(l1Instruction, address, model.l1Instruction.lineBytes)) code.misses += 1;
        return;
      }
      const [count, miss] = access.kind === 'load' ? (['loads', 'loadMisses'] as const) : (['stores', 'storeMisses'] as const);
      data[count] += 1;
      countStride(access.instruction, address);
      if (!translate(dataTlb, address >> PAGE_BITS)) translations[miss] += 1;
      if (!referData(address, access.bytes)) data[miss] += 1;
    },
    switchSpace() {
      for (const tlb of [dataTlb, instructionTlb, secondTlb]) tlb.clear();
    },
    counters,
  };
}

function strideName(distance: bigint): keyof ModelCounters['strides'] {
  if (distance === 0n) return 'same';
  if (distance <= 8n) return 'word';
  if (distance < 64n) return 'line';
  return distance <= 4096n ? 'page' : 'far';
}
