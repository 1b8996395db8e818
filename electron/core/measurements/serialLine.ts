/** How much of an unfinished line is kept at least, and at most twice: then its beginning is let go. */
const LONGEST_LINE = 4_096;

/** A line is extended by at most so much before it is matched again, so that nothing is let go unmatched. */
export const WINDOW = LONGEST_LINE / 2;

/** From the byte at offset `begin` on, the stamp of the byte at offset `o` is `stampsNs[o - begin + from]`. */
export interface Stretch {
  readonly stampsNs: ArrayLike<number>;
  readonly from: number;
  readonly begin: number;
}

/** Newest first. */
interface StretchList extends Stretch {
  readonly before: StretchList | null;
}

/** An unfinished line. Stamps stay in the arrays that they came in: most of them are never looked at. */
export interface SerialLine {
  readonly text: string;
  readonly stretches: StretchList | null;
  /** Where the next match may begin: after the last match on this line. */
  readonly from: number;
  /** True when the beginning of the line was let go. */
  readonly cut: boolean;
}

export const emptyLine: SerialLine = { text: '', stretches: null, from: 0, cut: false };

/** Adds at most a window of text to a line; `stretch` has its stamps. */
export function extendLine(line: SerialLine, text: string, stretch: Stretch): SerialLine {
  const longer: SerialLine = { ...line, text: line.text + text, stretches: { ...stretch, before: line.stretches } };
  return longer.text.length > 2 * LONGEST_LINE ? cutLine(longer, stretch.begin + text.length) : longer;
}

/** Lets the beginning of a very long line, which ends before offset `end`, go. */
function cutLine({ text, stretches, from }: SerialLine, end: number): SerialLine {
  const kept: StretchList[] = [];
  for (let at = stretches; at !== null; at = at.begin <= end - LONGEST_LINE ? null : at.before) kept.push(at);
  const surplus = text.length - LONGEST_LINE;
  return {
    text: text.slice(surplus),
    stretches: kept.reduceRight<StretchList | null>((before, next) => ({ ...next, before }), null),
    from: Math.max(0, from - surplus),
    cut: true,
  };
}

/** When the byte at an offset of the console was sent. */
export function stampAt({ stretches }: SerialLine, offset: number): number {
  let at = stretches;
  while (at !== null && at.begin > offset) at = at.before;
  return at === null ? 0 : (at.stampsNs[offset - at.begin + at.from] ?? 0);
}

/** Where a pattern may match. Behind the first character of a cut line, so that `^` does not match in its middle. */
export function matchFrom({ cut, from }: SerialLine): number {
  return cut ? Math.max(1, from) : from;
}

/** A carriage return before the line end belongs to it. */
export function withoutLineEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\r') end--;
  return end === text.length ? text : text.slice(0, end);
}
