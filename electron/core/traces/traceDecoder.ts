import { eventOf, nameOf, readRaw, totalsOf, type RawRecord } from './decodeRecord.ts';
import type { TraceEvent, TraceTotals } from './traceEvent.ts';
import { HEADER_BYTES, LONGEST_RECORD, readHeader, recordKind, STAMP_BYTES, type TraceHeader } from './traceFormat.ts';

/** Where a window for writing began or ended. */
export interface WindowMark {
  readonly open: boolean;
  readonly atNs: number;
  /** The offset of its record in the trace. */
  readonly offset: number;
}

/** Takes a trace in pieces of any size, in order. What is damaged is said once, and nothing behind it is read. */
export interface TraceDecoder {
  /** The events that are whole by now. Their bytes are copied. */
  take(chunk: Uint8Array): TraceEvent[];
  /** Null before the first 64 bytes came. */
  header(): TraceHeader | null;
  /** The newest totals that were written, and those at a mark; null before the first. */
  totals(): (TraceTotals & { readonly returns: number }) | null;
  /** Whether the totals are those that the plugin writes when QEMU ends. */
  isWhole(): boolean;
  marks(): readonly WindowMark[];
  damage(): { readonly offset: number; readonly reason: string } | null;
  /** Bytes of a record that is not whole yet. */
  pending(): number;
}

interface DecoderState {
  header: TraceHeader | null;
  rest: Uint8Array;
  /** The offset in the trace of the rest's first byte. */
  offset: number;
  totals: (TraceTotals & { readonly returns: number }) | null;
  isWhole: boolean;
  damage: { readonly offset: number; readonly reason: string } | null;
  readonly symbols: Map<number, string>;
  readonly marks: WindowMark[];
}

/** Lengths of records that have a fixed one, by kind (records.h). A profile's depends on its callers. */
const fixedBytes: Readonly<Record<number, number>> = {
  [recordKind.call]: 120, [recordKind.return]: 80, [recordKind.fault]: 56, [recordKind.space]: 32, [recordKind.symbol]: 32,
  [recordKind.interrupt]: 24, [recordKind.model]: 200, [recordKind.cut]: 32, [recordKind.window]: 24, [recordKind.totals]: 80, [recordKind.name]: 96,
  [recordKind.resume]: 64, [recordKind.moved]: 32,
};

/** What is wrong with a record of this kind and length; null when nothing is. */
function wrongRecord(kind: number, bytes: number, detail: number): string | null {
  const wanted = kind === recordKind.profile ? STAMP_BYTES + 24 + 8 * detail : fixedBytes[kind];
  if (wanted === undefined) return `there is no record of kind ${kind}`;
  return bytes === wanted && bytes <= LONGEST_RECORD ? null : `a record of kind ${kind} has ${bytes} bytes`;
}

/** Without a copy where there is nothing to join, so what is kept of it must be copied. */
function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function note(state: DecoderState, record: RawRecord, offset: number): void {
  if (record.kind === recordKind.name) {
    const { number, name } = nameOf(record);
    state.symbols.set(number, name);
  } else if (record.kind === recordKind.totals) {
    state.totals = totalsOf(record);
    state.isWhole = record.detail === 1;
  } else if (record.kind === recordKind.window) {
    state.marks.push({ open: record.detail === 1, atNs: record.stamp.atNs, offset });
  }
}

/** Reads all records that lie wholly in the bytes; answers where the first one begins that does not. */
function readRecords(state: DecoderState, header: TraceHeader, bytes: Uint8Array, events: TraceEvent[]): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = state.header === null ? HEADER_BYTES : 0;
  while (at + STAMP_BYTES <= bytes.length) {
    const length = view.getUint16(at + 2, true);
    const reason = wrongRecord(view.getUint8(at), length, view.getUint32(at + 4, true));
    if (reason !== null) {
      state.damage = { offset: state.offset + at, reason };
      return at;
    }
    if (at + length > bytes.length) return at;
    const record = readRaw(new DataView(bytes.buffer, bytes.byteOffset + at, length));
    const event = eventOf(record, header.architecture, state.symbols);
    if (event !== null) events.push(event);
    else note(state, record, state.offset + at);
    at += length;
  }
  return at;
}

function takeChunk(state: DecoderState, chunk: Uint8Array): TraceEvent[] {
  const events: TraceEvent[] = [];
  if (state.damage !== null) return events;
  const bytes = join(state.rest, chunk);
  if (state.header === null && bytes.length < HEADER_BYTES) {
    state.rest = new Uint8Array(bytes);
    return events;
  }
  const header = state.header ?? readHeader(bytes);
  if (typeof header === 'string') {
    state.damage = { offset: 0, reason: header };
    return events;
  }
  const end = readRecords(state, header, bytes, events);
  state.header = header;
  state.offset += end;
  // A copy, which the `slice` of a Buffer is not.
  state.rest = new Uint8Array(bytes.subarray(end));
  return events;
}

export function createTraceDecoder(): TraceDecoder {
  const state: DecoderState = { header: null, rest: new Uint8Array(0), offset: 0, totals: null, isWhole: false, damage: null, symbols: new Map(), marks: [] };
  return {
    take: (chunk) => takeChunk(state, chunk),
    header: () => state.header,
    totals: () => state.totals,
    isWhole: () => state.isWhole,
    marks: () => state.marks,
    damage: () => state.damage,
    pending: () => state.rest.length,
  };
}
