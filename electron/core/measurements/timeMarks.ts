import type { StampedBytes } from '../instruments/instrument.ts';
import type { DiskCounts, SeenBeside } from '../instruments/seenBeside.ts';
import type { SeenPhase } from './phases.ts';

/** When a byte of the serial port left the guest, in whole nanoseconds since the spawn of QEMU. */
export interface ByteMark {
  readonly offset: number;
  readonly atNs: number;
}

/** What was noted beside the bytes of one boot: with it and the bytes, its times are computed again. */
export interface TimeMarks extends SeenBeside {
  /** Where each piece ends in which the bytes were looked at; a prompt is seen at the end of a piece. */
  readonly pieces: readonly number[];
  /** The first byte of each line and of each phase's text, ascending. */
  readonly bytes: readonly ByteMark[];
  /** The spawn of QEMU by the host's monotonic clock, from which a trace of our own counts, too; null in a boot without events. */
  readonly spawnNs: bigint | null;
  /** When the window of a boot with events began and ended; null in one without. */
  readonly window: { readonly fromNs: number; readonly toNs: number } | null;
  /** The guest's instructions at the begin and the end of the window, as the instrument answered; null where it did not. */
  readonly counted: { readonly from: number; readonly to: number } | null;
}

/** What belongs to the window of a boot with events. */
export type WindowMarks = Pick<TimeMarks, 'window' | 'counted' | 'disks' | 'loadNs' | 'work' | 'network'>;

/** Of a boot without events. */
export const noWindowMarks: WindowMarks = { window: null, counted: null, loadNs: null, work: null, disks: null };

const FIRST_LINE = 'petri-marks 1';
const NEWLINE = 0x0a;

/** Notes stamps while the bytes come; most bytes have none of their own, because no number rests on them. */
export function createMarkKeeper() {
  const bytes: ByteMark[] = [];
  const pieces: number[] = [];
  let [length, isLineStart] = [0, true];
  return {
    take({ bytes: piece, stampsNs }: StampedBytes): void {
      if (piece.length === 0) return;
      for (let at = isLineStart ? 0 : lineAfter(piece, 0); at < piece.length; at = lineAfter(piece, at)) bytes.push({ offset: length + at, atNs: wholeNs(stampsNs[at] ?? 0) });
      isLineStart = piece.at(-1) === NEWLINE;
      pieces.push((length += piece.length));
    },
    /** With the stamps of the phases, which may stand in the middle of a line. */
    marks: (seen: Iterable<SeenPhase>): Pick<TimeMarks, 'pieces' | 'bytes'> => {
      const all = new Map([...bytes, ...[...seen].map(({ byteOffset: offset, atNs }) => ({ offset, atNs }))].map((mark) => [mark.offset, mark]));
      return { pieces, bytes: [...all.values()].toSorted((one, other) => one.offset - other.offset) };
    },
  };
}

function lineAfter(piece: Uint8Array, from: number): number {
  const newline = piece.indexOf(NEWLINE, from);
  return newline === -1 ? piece.length : newline + 1;
}

function wholeNs(stampNs: number): number {
  return Math.max(0, Math.round(stampNs));
}

/** A line for each mark: its word and its numbers. */
export function timeMarksText({ pieces, bytes, spawnNs, window, counted, loadNs, work, disks, network = null }: TimeMarks): string {
  const diskNumbers = ({ operations, bytesRead, bytesWritten }: DiskCounts): string => `${operations} ${bytesRead} ${bytesWritten}`;
  const lines = [
    FIRST_LINE,
    ...(spawnNs === null ? [] : [`spawn ${spawnNs}`]),
    ...(window === null ? [] : [`window ${window.fromNs} ${window.toNs}`]),
    ...(counted === null ? [] : [`counted ${counted.from} ${counted.to}`]),
    ...(loadNs === null ? [] : [`load ${loadNs}`]),
    ...(work === null ? [] : [`work ${work.amount} ${work.unit.replaceAll(/\s+/g, ' ')}`]),
    ...(disks === null ? [] : [`disks ${diskNumbers(disks.before)} ${diskNumbers(disks.after)}`]),
    ...(network === null ? [] : [`network ${network.bytesReceived} ${network.bytesSent}`]),
    // The times first: there may be a piece for each byte.
    ...bytes.map(({ offset, atNs }) => `byte ${offset} ${atNs}`),
    ...pieces.map((end) => `piece ${end}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The marks of such a text; null for another, and for one in which a byte was changed into no number. */
export function readTimeMarks(text: string): TimeMarks | null {
  const [first, ...lines] = text.split('\n');
  if (first !== FIRST_LINE || lines.pop() !== '') return null;
  const marks: { -readonly [Name in keyof TimeMarks]: TimeMarks[Name] } = { ...noWindowMarks, pieces: [], bytes: [], spawnNs: null };
  const [pieces, bytes]: [number[], ByteMark[]] = [[], []];
  for (const line of lines) {
    const [, word, written = '', unit = ''] = /^([a-z]+)((?: \d+(?:\.\d+)?)+)(?: (\D.*))?$/.exec(line) ?? [];
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = written.trim().split(' ').map(Number);
    const count = written.split(' ').length - 1;
    if (word !== 'work' && unit !== '') return null;
    if (word === 'piece' && count === 1) pieces.push(a);
    else if (word === 'byte' && count === 2) bytes.push({ offset: a, atNs: b });
    else if (word === 'spawn' && count === 1 && /^ \d+$/.test(written)) marks.spawnNs = BigInt(written.trim());
    else if (word === 'window' && count === 2) marks.window = { fromNs: a, toNs: b };
    else if (word === 'counted' && count === 2) marks.counted = { from: a, to: b };
    else if (word === 'load' && count === 1) marks.loadNs = a;
    else if (word === 'work' && count === 1) marks.work = { amount: a, unit };
    else if (word === 'disks' && count === 6) marks.disks = { before: { operations: a, bytesRead: b, bytesWritten: c }, after: { operations: d, bytesRead: e, bytesWritten: f } };
    else if (word === 'network' && count === 2) marks.network = { bytesReceived: a, bytesSent: b };
    else return null;
  }
  const isAscending = bytes.every(({ offset }, at) => at === 0 || offset > (bytes[at - 1]?.offset ?? 0)) && pieces.every((end, at) => end > (pieces[at - 1] ?? 0));
  return isAscending ? { ...marks, pieces, bytes } : null;
}

/** The stamp of each byte from `begin` to `end`: that of the mark at it or before it. */
export function stampsBetween(marks: readonly ByteMark[], begin: number, end: number): Float64Array {
  const stamps = new Float64Array(end - begin);
  let next = firstAfter(marks, begin);
  let atNs = marks[next - 1]?.atNs ?? 0;
  for (let offset = begin; offset < end; offset++) {
    for (let mark = marks[next]; mark !== undefined && mark.offset <= offset; mark = marks[++next]) atNs = mark.atNs;
    stamps[offset - begin] = atNs;
  }
  return stamps;
}

/** The position of the first mark behind an offset. */
function firstAfter(marks: readonly ByteMark[], offset: number): number {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.offset ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
