/*
 * QEMU's `logfile` holds what a serial port printed. When the port's socket is full, QEMU logs the byte that was not
 * taken and logs it again with the next attempt (chardev/char.c, qemu_chr_write_buffer). So single bytes are repeated
 * there, a position in it is not a count of bytes, and it is found by content, near the place where the count says.
 */

/** How far from the expected place a position is looked for. */
const SEARCH_BYTES = 1024 * 1024;

/** How much of a log's end `positionAfter` wants to see. */
export const TAIL_BYTES = 2_048;
/** A port that writes several bytes at once has several repeated: then a shorter end of the tail is free of them. */
const SHORTEST_TAIL = 8;
const TAIL_SIZES = [TAIL_BYTES, 256, 32, SHORTEST_TAIL];

/** How many of the first received bytes identify their place. The socket was empty then, so none of them is repeated. */
const PREFIX_BYTES = 128;

/** Fewer received bytes than this could stand in many places: they count only at the very end. */
const FEW_BYTES = 24;

/** Whether `wanted` stands before `end`, when single bytes of the log may be repeated. */
function endsAt(logged: Uint8Array, end: number, wanted: Uint8Array): boolean {
  if (end > logged.length) return false;
  let at = end - 1;
  for (let index = wanted.length - 1; index >= 0; at -= 1) {
    if (at < 0) return false;
    if (logged[at] === wanted[index]) index -= 1;
    else if (at === end - 1 || logged[at] !== logged[at + 1]) return false;
  }
  return true;
}

/** Whether `wanted` stands at a place, as far as the log goes. */
function beginsAt(logged: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length && at + index < logged.length; index += 1) {
    if (logged[at + index] !== wanted[index]) return false;
  }
  return true;
}

/** The place nearest to `expected` that fits, in either direction. */
function nearest(expected: number, fits: (place: number) => boolean): number | null {
  for (let distance = 0; distance <= SEARCH_BYTES; distance += 1) {
    if (fits(expected + distance)) return expected + distance;
    if (fits(expected - distance)) return expected - distance;
  }
  return null;
}

/**
 * Where the bytes begin that follow `tail` in a machine's log; `expected` is where they begin by count. When the tail
 * is nowhere to be found the count has to do.
 */
export function positionAfter(tail: Uint8Array, logged: Uint8Array, expected: number): number {
  const clamped = Math.min(Math.max(expected, 0), logged.length);
  for (const size of TAIL_SIZES.filter((size) => tail.length > 0 && (size <= tail.length || size === SHORTEST_TAIL))) {
    const found = nearest(clamped, (end) => end >= 0 && endsAt(logged, end, tail.subarray(-size)));
    if (found !== null) return found;
  }
  return clamped;
}

/**
 * Where in `logged` those bytes begin that were also received from the port. Null when that cannot be said yet:
 * QEMU writes to the port first and to its log a moment later, and a few bytes could stand in many places.
 */
export function positionOfReceived(logged: Uint8Array, received: Uint8Array): number | null {
  const byCount = logged.length - received.length;
  if (received.length < FEW_BYTES) return byCount >= 0 && beginsAt(logged, byCount, received) ? byCount : null;
  const prefix = received.subarray(0, PREFIX_BYTES);
  // The last byte may be on its way into the log.
  const last = logged.length - prefix.length + 1;
  return nearest(Math.max(0, byCount), (place) => place >= 0 && place <= last && beginsAt(logged, place, prefix));
}
