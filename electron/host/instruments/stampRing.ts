/**
 * Stamps on their way from the worker to the lab's thread, in memory that both see: the worker writes a stamp before it
 * passes the bytes on, so whoever received the bytes finds their stamps here without waiting.
 */

/** Chunks of bytes that may be on their way at once. */
const CAPACITY = 65_536;

/** The first word: how many stamps were written. Then pairs of end offset and time. */
const COUNT = 0;
const HEADER_BYTES = 16;

export function createRingMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + CAPACITY * 16);
}

/** The worker's side: bytes up to `endOffset` arrived at `atNs`. */
export function ringWriter(memory: SharedArrayBuffer) {
  const counters = new Int32Array(memory, 0, 4);
  const pairs = new Float64Array(memory, HEADER_BYTES);
  let written = 0;
  return (endOffset: number, atNs: number): void => {
    const slot = (written % CAPACITY) * 2;
    pairs[slot] = endOffset;
    pairs[slot + 1] = atNs;
    Atomics.store(counters, COUNT, ++written);
  };
}

/** The lab's side: the stamp of each byte from `from` to `to`, which were all received. */
export function ringReader(memory: SharedArrayBuffer) {
  const counters = new Int32Array(memory, 0, 4);
  const pairs = new Float64Array(memory, HEADER_BYTES);
  let read = 0;
  return (from: number, to: number): Float64Array | 'overflow' => {
    const stamps = new Float64Array(to - from);
    for (let offset = from; offset < to; read++) {
      const written = Atomics.load(counters, COUNT);
      if (written - read > CAPACITY || written === read) return 'overflow';
      const slot = (read % CAPACITY) * 2;
      const end = Math.min(pairs[slot] ?? to, to);
      if (end > offset) stamps.fill(pairs[slot + 1] ?? 0, offset - from, end - from);
      offset = Math.max(offset, end);
      // A chunk that was cut on its way is needed again for its rest.
      if ((pairs[slot] ?? to) > to) return stamps;
    }
    return stamps;
  };
}
