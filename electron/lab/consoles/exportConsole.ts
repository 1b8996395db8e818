import { castEvents, castHeader, type TimedText } from '../../core/consoles/asciicast.ts';
import type { ConsoleLog } from '../../core/consoles/consoleLog.ts';
import { plainText } from '../../core/consoles/plainText.ts';

export type ExportFormat = 'bytes' | 'text' | 'asciicast';

/** A part of an export, and the offset to ask for next; null at the end. */
export interface ExportedPart {
  readonly bytes: Uint8Array;
  readonly next: number | null;
}

/** A part of the log that is given at once; as an asciicast it becomes some times larger. */
const PART_BYTES = 512 * 1024;
const NEWLINE = 10;

/** The part of a log from an offset on. A part of text ends with a line, so that no character and no sequence is cut. */
export function exportPart(id: string, log: ConsoleLog, format: ExportFormat, from: number): ExportedPart {
  const { offset, bytes } = log.read(Math.max(from, log.first), PART_BYTES);
  const isLast = offset + bytes.length >= log.end;
  const whole = format === 'bytes' || isLast ? bytes : wholeLines(bytes);
  const next = bytes.length === 0 || isLast ? null : offset + whole.length;
  return { bytes: render(id, log, format, { from, offset, bytes: whole }), next };
}

/** Up to the last line's end; a line that is longer than a part is cut behind a whole character. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  const newline = bytes.lastIndexOf(NEWLINE);
  if (newline >= 0) return bytes.subarray(0, newline + 1);
  // A character of UTF-8 has at most three bytes after its first, and they are 10xxxxxx.
  const start = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  return start > 0 ? bytes.subarray(0, start) : bytes;
}

interface Part {
  readonly from: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

function render(id: string, log: ConsoleLog, format: ExportFormat, { from, offset, bytes }: Part): Uint8Array {
  if (format === 'bytes') return bytes;
  if (format === 'text') return Buffer.from(Buffer.from(bytes).toString('utf8').split('\n').map(plainText).join('\n'));
  const startMs = log.marks(log.first, log.end)[0]?.atMs ?? 0;
  const header = from <= log.first ? castHeader(startMs, id) : '';
  return Buffer.from(header + castEvents(timedPieces(log, offset, bytes, startMs), startMs));
}

/** Cuts the bytes where time is known. A character that lies over such a place belongs to the later piece. */
function timedPieces(log: ConsoleLog, offset: number, bytes: Uint8Array, startMs: number): TimedText[] {
  const decoder = new TextDecoder();
  const marks = log.marks(offset + 1, offset + bytes.length);
  const starts = [{ offset, atMs: log.markAt(offset)?.atMs ?? startMs }, ...marks];
  return starts.map(({ offset: at, atMs }, index) => {
    const end = starts[index + 1]?.offset ?? offset + bytes.length;
    const isLast = index === starts.length - 1;
    return { atMs, text: decoder.decode(bytes.subarray(at - offset, end - offset), { stream: !isLast }) };
  });
}
