import { HEADER_BYTES, LONGEST_RECORD, recordKind, STAMP_BYTES } from './traceFormat.ts';

/** An event in so many has its place kept: a page begins with at most so many that are decoded for nothing. */
const STEP = 4_096;

/** Where events lie in a trace, found by looking at no more than the records' first bytes. */
export interface TraceIndex {
  /** Takes the next bytes, in pieces of any size and in order. */
  take(chunk: Uint8Array): void;
  /** How many bytes were taken. */
  readonly bytes: number;
  /** How many events are whole by now. */
  readonly events: number;
  /** The last known place at or before an event: its offset in the trace, and the event's number. */
  before(event: number): { readonly offset: number; readonly event: number };
  /** What a decoder has to take before it begins there: the header and the names so far. */
  preamble(): Uint8Array[];
}

const silent: ReadonlySet<number> = new Set([recordKind.window, recordKind.totals, recordKind.name]);

/** Begins behind nothing; damage ends it, and `events` then stays. */
export function createTraceIndex(): TraceIndex {
  const places: number[] = [];
  const names: Uint8Array[] = [];
  let [header, rest, bytes, events, damaged] = [new Uint8Array(0), new Uint8Array(0), 0, 0, false];

  /** Takes one record if it is whole; answers how long it is, 0 when it is not whole. */
  const takeRecord = (view: DataView, at: number, offset: number, all: Uint8Array): number => {
    if (at + STAMP_BYTES > all.length) return 0;
    const length = view.getUint16(at + 2, true);
    damaged = length < STAMP_BYTES || length > LONGEST_RECORD;
    if (damaged || at + length > all.length) return 0;
    const kind = view.getUint8(at);
    if (kind === recordKind.name) names.push(all.slice(at, at + length));
    if (silent.has(kind)) return length;
    if (events % STEP === 0) places.push(offset);
    events += 1;
    return length;
  };

  return {
    take(chunk) {
      const begin = bytes - rest.length;
      bytes += chunk.length;
      if (damaged) return;
      const all = joined(rest, chunk);
      if (header.length === 0 && all.length < HEADER_BYTES) {
        rest = all;
        return;
      }
      let at = 0;
      if (header.length === 0) {
        header = all.slice(0, HEADER_BYTES);
        at = HEADER_BYTES;
      }
      const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
      for (let length = takeRecord(view, at, begin + at, all); length > 0; length = takeRecord(view, at, begin + at, all)) at += length;
      rest = all.slice(at);
    },
    get bytes() {
      return bytes;
    },
    get events() {
      return events;
    },
    before(event) {
      const step = Math.min(Math.floor(event / STEP), places.length - 1);
      return { offset: places[step] ?? HEADER_BYTES, event: Math.max(0, step) * STEP };
    },
    preamble: () => [header, ...names],
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
