import { createCallCounter } from '../calls/countCalls.ts';
import { entryText, type CallDecoder } from '../calls/decodedCall.ts';
import type { EventReducer } from '../traces/eventReducer.ts';
import type { FaultKinds } from './guestCounts.ts';
import type { FaultEvent, ModelCounters, TraceEvent } from '../traces/traceEvent.ts';

/** What an instrument saw between the guest's two readings of its own counters, and so during one load. */
export interface SeenLoad {
  /** By the way into the kernel, as the call tables name it: `int 0x21`. */
  readonly entries: ReadonlyMap<string, number>;
  readonly faults: number;
  readonly faultKinds: FaultKinds;
  readonly spaceLoads: number;
  readonly interrupts: number;
  readonly roundTrips: number;
  /** Samples of a profile, at the addresses that were asked for and at others. */
  readonly samples: { readonly within: number; readonly elsewhere: number };
  /** From `count_begin` to `count_end`; null when they were not seen or nobody counts instructions. */
  readonly countedInstructions: number | null;
}

export interface SeenBoot {
  readonly loads: readonly SeenLoad[];
  readonly hits: ReadonlyMap<string, number>;
  /** Of the last hit of each symbol. */
  readonly instructions: ReadonlyMap<string, number>;
  /** Of the first hit of each symbol. */
  readonly atNs: ReadonlyMap<string, number>;
  /** Of everything since the window began. */
  readonly model: ModelCounters | null;
  /**
   * From the window's begin to its last page fault, whatever happened. What the guest does when its work is done and it goes to wait is in one
   * window and not in another, as the window's end comes sooner or later.
   */
  readonly entries: ReadonlyMap<string, number>;
  readonly faults: number;
  readonly spaceLoads: number;
  /** The longest run of loads of two address spaces in turns. */
  readonly longestTurns: number;
}

/** The symbols by which loads are told apart; each hit of them is wanted. The second hit of `snapshot_take` ends a load. */
export const LOAD_SYMBOLS = ['load_begin', 'snapshot_take', 'load_end'] as const;
export const COUNT_SYMBOLS = ['count_begin', 'count_end'] as const;

/** Addresses from the first on and before the second. */
export interface AddressRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** Parts the events of a boot of the built-in guest by its loads. Samples of a profile at `profiled` are counted apart. */
export function seeLoads(decoder: CallDecoder | null, profiled: AddressRange | null = null): EventReducer<SeenBoot> {
  const loads: SeenLoad[] = [];
  const [hits, instructions, atNs] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  let load: ReturnType<typeof createLoad> | null = null;
  let readings = 0;
  let [atBegin, model] = [null as ModelCounters | null, null as ModelCounters | null];
  const turns = createTurns();
  const [settled, open] = [createCounts(), createCounts()];
  const mark = (event: Extract<TraceEvent, { kind: 'symbol' }>): void => {
    hits.set(event.symbol, (hits.get(event.symbol) ?? 0) + 1);
    if (event.instructions !== null) instructions.set(event.symbol, event.instructions);
    if (!atNs.has(event.symbol)) atNs.set(event.symbol, event.atNs);
    if (event.symbol === 'load_begin') readings = 0;
    if (event.symbol !== 'snapshot_take') return;
    readings += 1;
    if (readings === 1) load = createLoad(decoder, profiled);
    if (readings !== 2 || load === null) return;
    loads.push(load.result());
    load = null;
  };
  return {
    take(event) {
      if (event.kind === 'symbol') mark(event);
      if (event.kind === 'model') {
        atBegin ??= event.counters;
        model = event.counters;
      }
      open.take(event);
      if (event.kind === 'space') turns.take(event.space);
      if (event.kind === 'fault') open.moveTo(settled);
      load?.take(event);
    },
    result: () => ({ loads, hits, instructions, atNs, model: atBegin === null || model === null ? null : difference(atBegin, model), longestTurns: turns.longest(), ...settled.result() }),
  };
}

/** Follows which address space is loaded, and for how long two of them take turns. */
function createTurns() {
  let [last, before, run, longest] = [null as bigint | null, null as bigint | null, 0, 0];
  return {
    take(space: bigint): void {
      run = space === before && space !== last ? run + 1 : 2;
      longest = Math.max(longest, run);
      [before, last] = [last, space];
    },
    longest: () => longest,
  };
}

/** Each counter at the end, less the same at the begin. */
function difference<Counters extends object>(begin: Counters, end: Counters): Counters {
  const less = ([key, value]: [string, unknown]): [string, unknown] => {
    const before = (begin as Readonly<Record<string, unknown>>)[key];
    if (typeof value === 'number' && typeof before === 'number') return [key, value - before];
    return [key, typeof value === 'object' && value !== null && typeof before === 'object' && before !== null ? difference(before, value) : value];
  };
  return Object.fromEntries(Object.entries(end).map(less)) as Counters;
}

type Counts = Pick<SeenBoot, 'entries' | 'faults' | 'spaceLoads'>;
interface Counting extends EventReducer<Counts> {
  add(counts: Counts): void;
  /** Adds everything to others and begins again at zero. */
  moveTo(others: Counting): void;
}

function createCounts(): Counting {
  const entries = new Map<string, number>();
  let [faults, spaceLoads] = [0, 0];
  const addCalls = (entry: string, count: number): void => void entries.set(entry, (entries.get(entry) ?? 0) + count);
  return {
    take(event) {
      if (event.kind === 'call') addCalls(entryText(event.entry), 1);
      if (event.kind === 'fault') faults += 1;
      if (event.kind === 'space') spaceLoads += 1;
    },
    add(counts) {
      for (const [entry, count] of counts.entries) addCalls(entry, count);
      faults += counts.faults;
      spaceLoads += counts.spaceLoads;
    },
    moveTo(others) {
      others.add({ entries, faults, spaceLoads });
      entries.clear();
      [faults, spaceLoads] = [0, 0];
    },
    result: () => ({ entries, faults, spaceLoads }),
  };
}

function createKinds(): EventReducer<FaultKinds> {
  let [read, write, execute, protection] = [0, 0, 0, 0];
  const add = (fault: FaultEvent): void => {
    if (fault.execute) execute += 1;
    else if (fault.write) write += 1;
    else read += 1;
    if (fault.protection) protection += 1;
  };
  return { take: (event) => (event.kind === 'fault' ? add(event) : undefined), result: () => ({ read, write, execute, protection }) };
}

function createSamples(profiled: AddressRange | null): EventReducer<SeenLoad['samples']> {
  let [within, elsewhere] = [0, 0];
  return {
    take(event) {
      if (event.kind !== 'profile') return;
      if (profiled !== null && event.address >= profiled.from && event.address < profiled.to) within += 1;
      else elsewhere += 1;
    },
    result: () => ({ within, elsewhere }),
  };
}

function createLoad(decoder: CallDecoder | null, profiled: AddressRange | null): EventReducer<SeenLoad> {
  const calls = decoder === null ? null : createCallCounter({ decoder });
  const [counts, kinds, samples] = [createCounts(), createKinds(), createSamples(profiled)];
  let interrupts = 0;
  let [begin, counted] = [null as number | null, null as number | null];
  return {
    take(event) {
      for (const part of [counts, kinds, samples]) part.take(event);
      if (event.kind === 'interrupt') interrupts += 1;
      if (event.kind === 'symbol' && event.symbol === 'count_begin') begin = event.instructions;
      if (event.kind === 'symbol' && event.symbol === 'count_end' && begin !== null && event.instructions !== null) counted = event.instructions - begin;
      calls?.take(event);
    },
    result: () => ({ ...counts.result(), faultKinds: kinds.result(), samples: samples.result(), interrupts, roundTrips: calls?.result().roundTrips?.count ?? 0, countedInstructions: counted }),
  };
}
