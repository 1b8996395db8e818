/** A larger piece came in a flood, where a time for each line would cost more than it says. */
const LARGEST_SPLIT_BYTES = 32 * 1024;
const NEWLINE = 10;

/** Splits bytes after each newline, so that each line can have its own time; a flood stays in one piece. */
export function lineSegments(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > LARGEST_SPLIT_BYTES) return [bytes];
  const segments: Uint8Array[] = [];
  let from = 0;
  while (from < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, from);
    const to = newline === -1 ? bytes.length : newline + 1;
    segments.push(bytes.subarray(from, to));
    from = to;
  }
  return segments;
}
