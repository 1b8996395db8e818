import { castEvents, castHeader, type CastPiece, type SizeMark } from '../../core/consoles/asciicast.ts';
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

/** The part of a log from an offset on; `sizes` are those of its terminal, for a recording. A part of text ends with a line, so that no character and no sequence is cut. */
export function exportPart(id: string, log: ConsoleLog, format: ExportFormat, from: number, sizes: readonly SizeMark[] = []): ExportedPart {
  const { offset, bytes } = log.read(Math.max(from, log.first), PART_BYTES);
  const isLast = offset + bytes.length >= log.end;
  const whole = format === 'bytes' || isLast ? bytes : wholeLines(bytes);
  const next = bytes.length === 0 || isLast ? null : offset + whole.length;
  return { bytes: render(id, log, format, { from, offset, bytes: whole, isLast }, sizes), next };
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
  readonly isLast: boolean;
}

function render(id: string, log: ConsoleLog, format: ExportFormat, part: Part, sizes: readonly SizeMark[]): Uint8Array {
  const { from, bytes } = part;
  if (format === 'bytes') return bytes;
  if (format === 'text') return Buffer.from(Buffer.from(bytes).toString('utf8').split('\n').map(plainText).join('\n'));
  const startMs = log.marks(log.first, log.end)[0]?.atMs ?? 0;
  const header = from <= log.first ? castHeader(startMs, id, sizes.findLast(({ offset }) => offset <= log.first)) : '';
  return Buffer.from(header + castEvents(timedPieces(log, part, startMs, sizes), startMs));
}

/** Cuts the bytes where time is known or the terminal got another size. A character that lies over such a place belongs to the later piece. */
function timedPieces(log: ConsoleLog, { offset, bytes, isLast }: Part, startMs: number, sizes: readonly SizeMark[]): CastPiece[] {
  const decoder = new TextDecoder();
  const end = offset + bytes.length;
  // The size of the first byte stands in the header; one that was told between two bytes was told before the second.
  const resized = sizes.filter((size) => size.offset > log.first && size.offset >= offset && (size.offset < end || isLast));
  const cuts = [{ offset, atMs: log.markAt(offset)?.atMs ?? startMs }, ...[...resized, ...log.marks(offset + 1, end)].sort((a, b) => a.offset - b.offset)];
  return cuts.flatMap((cut, index): CastPiece[] => {
    const next = Math.min(cuts[index + 1]?.offset ?? end, end);
    const text = decoder.decode(bytes.subarray(cut.offset - offset, next - offset), { stream: index < cuts.length - 1 });
    return [...('columns' in cut ? [cut] : []), { atMs: cut.atMs, text }];
  });
}
