const LINE_BYTES = 64;
const filling = ' a line that is numbered by its first byte '.padEnd(LINE_BYTES - 14, '.');

/** The bytes from `from` to `to` of an endless log: lines of 64 bytes, each begins with the offset of its first byte. */
export function numberedLines(from: number, to: number): Buffer {
  const first = Math.floor(from / LINE_BYTES);
  const last = Math.ceil(to / LINE_BYTES);
  const lines = Array.from({ length: last - first }, (_, at) => `${String((first + at) * LINE_BYTES).padStart(12, '0')}${filling}\r\n`);
  return Buffer.from(lines.join(''), 'latin1').subarray(from - first * LINE_BYTES, to - first * LINE_BYTES);
}
