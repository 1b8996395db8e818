import type { CallEntry, CallRegisters, EventStamp, ModelCounters, ResumeEvent, TraceEvent, TraceTotals } from './traceEvent.ts';
import { callFlag, entryNames, faultFlag, NOT_COUNTED, recordKind, registerNames, STAMP_BYTES, type TracedArchitecture } from './traceFormat.ts';

/** One record as it lies in the file, whole. */
export interface RawRecord {
  readonly kind: number;
  readonly detail: number;
  readonly stamp: EventStamp;
  /** Of the whole record. */
  readonly view: DataView;
}

const MESSAGE_BYTES = 32;

export function readRaw(view: DataView): RawRecord {
  const instructions = view.getBigUint64(16, true);
  const stamp = { vcpu: view.getUint8(1), atNs: Number(view.getBigUint64(8, true)), instructions: instructions === NOT_COUNTED ? null : Number(instructions) };
  return { kind: view.getUint8(0), detail: view.getUint32(4, true), stamp, view };
}

/** A 64-bit field behind the stamp, by its place. */
function word({ view }: RawRecord, at: number): bigint {
  return view.getBigUint64(STAMP_BYTES + 8 * at, true);
}

function count(record: RawRecord, at: number): number {
  return Number(word(record, at));
}

function context(record: RawRecord): { space: bigint; thread: bigint } {
  return { space: word(record, 0), thread: word(record, 1) };
}

/** A copy: the bytes of a chunk are used again. */
function message({ view, detail }: RawRecord, at: number): Uint8Array | null {
  if ((detail & callFlag.message) === 0) return null;
  const from = view.byteOffset + STAMP_BYTES + 8 * at;
  return new Uint8Array(view.buffer.slice(from, from + MESSAGE_BYTES));
}

function entryOf({ detail }: RawRecord): CallEntry {
  const kind = entryNames[detail & 0xff] ?? 'int';
  return kind === 'int' ? { kind, vector: (detail >> 8) & 0xff } : { kind };
}

function registersOf(record: RawRecord, architecture: TracedArchitecture): CallRegisters {
  const names = architecture === 'arm' ? registerNames.arm : (record.detail & callFlag.wide) === 0 ? registerNames.narrow : registerNames.wide;
  const registers: Record<string, bigint> = {};
  for (const [at, name] of names.entries()) if (name !== 'sp' || (record.detail & callFlag.noStack) === 0) registers[name] = word(record, 2 + at);
  return registers;
}

function countersOf(record: RawRecord): ModelCounters {
  const n = (at: number): number => count(record, at);
  return {
    l1Data: { loads: n(0), loadMisses: n(1), stores: n(2), storeMisses: n(3) },
    l1Instruction: { references: n(4), misses: n(5) },
    lastLevel: { references: n(6), misses: n(7) },
    dataTlb: { loads: n(8), loadMisses: n(9), stores: n(10), storeMisses: n(11) },
    instructionTlb: { references: n(12), misses: n(13) },
    secondTlb: { references: n(14), misses: n(15) },
    workingSetPages: n(16),
    strides: { same: n(17), word: n(18), line: n(19), page: n(20), far: n(21) },
  };
}

/** The fault has its own stamp in the record; counted from there, the handler has taken so long. */
function resumeOf(record: RawRecord): ResumeEvent {
  const { stamp } = record;
  const began = word(record, 4);
  return {
    kind: 'resume',
    ...stamp,
    space: word(record, 0),
    address: word(record, 1),
    instruction: word(record, 2),
    latencyNs: stamp.atNs - count(record, 3),
    latencyInstructions: stamp.instructions === null || began === NOT_COUNTED ? null : stamp.instructions - Number(began),
  };
}

/** The totals that a record of that kind holds. */
export function totalsOf(record: RawRecord): TraceTotals & { readonly returns: number } {
  const instructions = word(record, 0);
  return {
    instructions: instructions === NOT_COUNTED ? null : Number(instructions),
    calls: count(record, 1),
    returns: count(record, 2),
    faults: count(record, 3),
    spaceLoads: count(record, 4),
    interrupts: count(record, 5),
    dropped: count(record, 6),
  };
}

/** The number, the address and the name of a symbol. */
export function nameOf(record: RawRecord): { number: number; address: bigint; name: string } {
  const bytes = new Uint8Array(record.view.buffer, record.view.byteOffset + STAMP_BYTES + 8, record.view.byteLength - STAMP_BYTES - 8);
  const end = bytes.indexOf(0);
  return { number: record.detail, address: word(record, 0), name: String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end)) };
}

/** The event of a record; null for a record that is none. `symbols` names symbols by their numbers. */
export function eventOf(record: RawRecord, architecture: TracedArchitecture, symbols: ReadonlyMap<number, string>): TraceEvent | null {
  const { kind, detail, stamp } = record;
  switch (kind) {
    case recordKind.call:
      return { kind: 'call', ...stamp, entry: entryOf(record), context: context(record), registers: registersOf(record, architecture), message: message(record, 8) };
    case recordKind.return:
      return { kind: 'return', ...stamp, context: context(record), result: word(record, 2), message: message(record, 3) };
    case recordKind.fault:
      return {
        kind: 'fault',
        ...stamp,
        context: context(record),
        address: word(record, 2),
        protection: (detail & faultFlag.protection) !== 0,
        write: (detail & faultFlag.write) !== 0,
        user: (detail & faultFlag.user) !== 0,
        execute: (detail & faultFlag.execute) !== 0,
        instruction: word(record, 3),
      };
    case recordKind.resume:
      return resumeOf(record);
    case recordKind.moved:
      return { kind: 'moved', ...stamp, distance: word(record, 0) };
    case recordKind.space:
      return { kind: 'space', ...stamp, space: word(record, 0) };
    case recordKind.symbol:
      return { kind: 'symbol', ...stamp, symbol: symbols.get(detail) ?? `symbol ${detail}`, hits: count(record, 0) };
    case recordKind.interrupt:
      return { kind: 'interrupt', ...stamp, vector: detail };
    case recordKind.profile:
      return { kind: 'profile', ...stamp, context: context(record), address: word(record, 2), callers: Array.from({ length: detail }, (_, at) => word(record, 3 + at)) };
    case recordKind.model:
      return { kind: 'model', ...stamp, counters: countersOf(record), stepInstructions: detail === 0 ? null : detail };
    case recordKind.cut:
      return { kind: 'cut', ...stamp, limitBytes: count(record, 0), ...(detail !== 0 && { errno: detail }) };
    default:
      return null;
  }
}
