/*
 * QEMU's `logfile` holds what a serial port printed, and under pressure it can hold a few bytes twice. So a position
 * in it is found by content, near the place where the count of bytes says that it should be.
 */

/** How far from the expected place a position is looked for. */
const SEARCH_BYTES = 1024 * 1024;

/** Shorter ends of the tail are tried when a repeated byte spoils the longer ones. */
const TAIL_SIZES = [4_096, 256, 32, 8];

/** How much of a log's end `positionAfter` wants to see. */
export const TAIL_BYTES = 4_096;

function matchesAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  if (at < 0 || at + wanted.length > bytes.length) return false;
  for (let index = wanted.length - 1; index >= 0; index -= 1) {
    if (bytes[at + index] !== wanted[index]) return false;
  }
  return true;
}

/** The place of `wanted` that is nearest to `expected`, in either direction. */
function nearest(bytes: Uint8Array, wanted: Uint8Array, expected: number): number | null {
  for (let distance = 0; distance <= SEARCH_BYTES; distance += 1) {
    if (matchesAt(bytes, expected + distance, wanted)) return expected + distance;
    if (matchesAt(bytes, expected - distance, wanted)) return expected - distance;
  }
  return null;
}

/**
 * Where the bytes begin that follow `tail` in a machine's log; `expected` is where they begin by count. When the tail
 * is nowhere to be found the count has to do.
 */
export function positionAfter(tail: Uint8Array, logged: Uint8Array, expected: number): number {
  for (const size of TAIL_SIZES.filter((size) => size < tail.length || size === TAIL_SIZES[0])) {
    const end = tail.subarray(-size);
    const found = end.length === 0 ? null : nearest(logged, end, expected - end.length);
    if (found !== null) return found + end.length;
  }
  return Math.min(Math.max(expected, 0), logged.length);
}

/**
 * Where in `logged` those bytes begin that were also received from the port: the last place at which all of them
 * stand. Null when they do not stand there, because QEMU writes to the port first and to its log a moment later.
 */
export function positionOfReceived(logged: Uint8Array, received: Uint8Array): number | null {
  const last = logged.length - received.length;
  for (let at = last; at >= 0 && at >= last - SEARCH_BYTES; at -= 1) {
    if (matchesAt(logged, at, received)) return at;
  }
  return null;
}
