/*
 * A search over a console's bytes as binary strings: strings of which each character is one byte (Latin-1). Offsets
 * stay exact whatever the guest printed, and the engine's own string search does the work.
 */

export interface Match {
  /** Of the match's first byte. */
  readonly offset: number;
  /** The line around it as text, cut to what a list can show. */
  readonly line: string;
}

/** Finds the first match in a line at or after the beginning; null when there is none. */
export interface Pattern {
  readonly kind: 'text' | 'expression';
  readonly expression: RegExp;
  /** The bytes to find, for plain text. */
  readonly binary: string;
}

/** UTF-8 both ways; core has neither Node's nor the browser's. */
export interface TextCodec {
  toText(binary: string): string;
  toBinary(text: string): string;
}

export interface SearchState {
  readonly matches: readonly Match[];
  /** The beginning of a line whose end has not come. */
  readonly pending: string;
  readonly pendingOffset: number;
}

/** A line that never ends is searched in pieces of this length. */
export const LONGEST_LINE = 64 * 1024;
/** How much of a line is shown before and after the beginning of a match. */
const SHOWN_BEFORE = 120;
const SHOWN_AFTER = 280;

/** Throws SyntaxError for an expression that is none. */
export function compilePattern(kind: Pattern['kind'], pattern: string, codec: TextCodec): Pattern {
  return { kind, binary: codec.toBinary(pattern), expression: kind === 'text' ? /(?:)/ : new RegExp(pattern) };
}

export const nothingSearched: SearchState = { matches: [], pending: '', pendingOffset: 0 };

/**
 * Searches the next bytes, which begin at `offset`. Bytes that do not follow the ones before (a gap) begin a new line.
 * There is at most one match a line; `matches` are those of this step alone.
 */
export function searchChunk(state: SearchState, chunk: string, offset: number, pattern: Pattern, codec: TextCodec): SearchState {
  const follows = state.pendingOffset + state.pending.length === offset;
  const before = follows ? [] : searchEnd(state, pattern, codec);
  const text = follows ? state.pending + chunk : chunk;
  const start = follows ? state.pendingOffset : offset;
  const whole = wholeLines(text, pattern);
  return {
    matches: [...before, ...searchLines(text.slice(0, whole.searched), start, pattern, codec)],
    pending: text.slice(whole.kept),
    pendingOffset: start + whole.kept,
  };
}

/** Searches what no line end followed. */
export function searchEnd(state: SearchState, pattern: Pattern, codec: TextCodec): Match[] {
  return searchLines(state.pending, state.pendingOffset, pattern, codec);
}

/** How much can be searched, and from where the rest is kept: the pieces of an endless line overlap by a text's length. */
function wholeLines(text: string, { kind, binary }: Pattern): { searched: number; kept: number } {
  const end = text.lastIndexOf('\n') + 1;
  if (text.length - end <= LONGEST_LINE) return { searched: end, kept: end };
  return { searched: text.length, kept: kind === 'text' ? text.length - binary.length + 1 : text.length };
}

function searchLines(block: string, offset: number, pattern: Pattern, codec: TextCodec): Match[] {
  return pattern.kind === 'text' ? findText(block, offset, pattern.binary, codec) : findExpression(block, offset, pattern.expression, codec);
}

function findText(block: string, offset: number, wanted: string, codec: TextCodec): Match[] {
  const matches: Match[] = [];
  for (let at = block.indexOf(wanted); at >= 0; ) {
    matches.push({ offset: offset + at, line: shownLine(block, at, codec) });
    const lineEnd = block.indexOf('\n', at);
    at = lineEnd < 0 ? -1 : block.indexOf(wanted, lineEnd + 1);
  }
  return matches;
}

function findExpression(block: string, offset: number, expression: RegExp, codec: TextCodec): Match[] {
  const matches: Match[] = [];
  const isAscii = !/[\x80-\xff]/.test(block);
  for (let start = 0; start < block.length; ) {
    const newline = block.indexOf('\n', start);
    const end = newline < 0 ? block.length : newline;
    const line = block.slice(start, block[end - 1] === '\r' ? end - 1 : end);
    const at = isAscii ? line.search(expression) : searchText(line, expression, codec);
    if (at >= 0) matches.push({ offset: offset + start + at, line: shownLine(block, start + at, codec) });
    start = end + 1;
  }
  return matches;
}

/** The byte at which an expression matches in a line of UTF-8; the line's beginning where the line is not UTF-8. */
function searchText(line: string, expression: RegExp, codec: TextCodec): number {
  const text = codec.toText(line);
  const at = text.search(expression);
  if (at <= 0) return at;
  const before = codec.toBinary(text.slice(0, at));
  return line.startsWith(before) ? before.length : 0;
}

function shownLine(block: string, at: number, codec: TextCodec): string {
  const lineStart = at === 0 ? 0 : block.lastIndexOf('\n', at - 1) + 1;
  const newline = block.indexOf('\n', at);
  const lineEnd = newline < 0 ? block.length : newline;
  return codec.toText(block.slice(Math.max(lineStart, at - SHOWN_BEFORE), Math.min(lineEnd, at + SHOWN_AFTER))).replace(/\r$/, '');
}
