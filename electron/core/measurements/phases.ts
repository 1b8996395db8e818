import type { PhaseDefinition, PhaseStamp, PhaseTable } from '../../contract/measurements.ts';
import type { StampedBytes } from '../instruments/instrument.ts';
import { emptyLine, extendLine, matchFrom, stampAt, WINDOW, withoutLineEnd, type SerialLine } from './serialLine.ts';
import { bytesToText, readableText } from './serialText.ts';

export type SeenPhase = Extract<PhaseStamp, { status: 'seen' }>;

/** How far a boot has come. Feed it with `matchPhases`, close it with `finishPhases`. */
export interface PhaseProgress {
  readonly matchers: readonly Matcher[];
  readonly seen: ReadonlyMap<string, SeenPhase>;
  /** The line that came before a phase was passed over, by phase. */
  readonly passedOver: ReadonlyMap<string, string>;
  /** Position in `matchers` after the last phase that was seen. */
  readonly next: number;
  readonly line: SerialLine;
  readonly lastLine: string;
  readonly byteCount: number;
  readonly firstByteNs: number | null;
  /** True as soon as the last required phase was seen: the boot is over. */
  readonly ended: boolean;
}

interface Matcher {
  readonly phase: PhaseDefinition;
  readonly pattern: RegExp;
  readonly last: boolean;
}

/** The phases that a serial port can show at all, in order. */
export function observablePhases(table: PhaseTable): PhaseDefinition[] {
  return table.phases.filter((phase) => phase.pattern !== null);
}

export function beginPhases(table: PhaseTable): PhaseProgress {
  return {
    matchers: makeMatchers(table),
    seen: new Map(),
    passedOver: new Map(),
    next: 0,
    line: emptyLine,
    lastLine: '',
    byteCount: 0,
    firstByteNs: null,
    ended: false,
  };
}

/** The phase with which a boot is over. */
export function lastPhase(table: PhaseTable): PhaseDefinition | undefined {
  const observable = observablePhases(table);
  return observable.findLast((phase) => !phase.optional) ?? observable.at(-1);
}

function makeMatchers(table: PhaseTable): Matcher[] {
  const last = lastPhase(table);
  return observablePhases(table).map((phase) => ({ phase, pattern: new RegExp(phase.pattern ?? '', 'g'), last: phase === last }));
}

/**
 * Takes the next bytes of a boot.
 *
 * The table is an order of time: a phase is looked for only after the last one that was seen. When a later phase is
 * seen first, those between were passed over and stay missing, even if their text comes later, so no phase ever has a
 * negative duration. On one line a phase is looked for behind the text of the phase before it.
 *
 * A line is matched as far as it has come, so that a prompt without a line end counts at once. A pattern that ends
 * with `$` therefore also matches a line that would have gone on; tables use it for whole lines and prompts only.
 */
export function matchPhases(progress: PhaseProgress, { bytes, stampsNs }: StampedBytes): PhaseProgress {
  const text = bytesToText(bytes);
  let state = progress;
  let from = 0;
  for (let newline = text.indexOf('\n'); newline !== -1; newline = text.indexOf('\n', from)) {
    state = endLine(matchWindows(state, text, stampsNs, from, newline));
    from = newline + 1;
  }
  state = matchWindows(state, text, stampsNs, from, text.length);
  return { ...state, firstByteNs: progress.firstByteNs ?? (bytes.length > 0 ? (stampsNs[0] ?? null) : null) };
}

/** Extends the line by `text` from `from` to `to`, which has no line end, and matches it window by window. */
function matchWindows(start: PhaseProgress, text: string, stampsNs: ArrayLike<number>, from: number, to: number): PhaseProgress {
  let state = start;
  for (let at = from; at < to; at += WINDOW) {
    const end = Math.min(to, at + WINDOW);
    const line = extendLine(state.line, text.slice(at, end), { stampsNs, from: at, begin: state.byteCount });
    state = matchLine({ ...state, line, byteCount: state.byteCount + (end - at) });
  }
  return state;
}

function endLine(state: PhaseProgress): PhaseProgress {
  const lastLine = readableText(state.line.text);
  return { ...state, byteCount: state.byteCount + 1, line: emptyLine, lastLine: lastLine === '' ? state.lastLine : lastLine };
}

/** Matches the line with all phases that may still come; several may stand on one line. */
function matchLine(start: PhaseProgress): PhaseProgress {
  let state = start;
  for (let match = firstMatch(state); match !== null; match = firstMatch(state)) state = markSeen(state, match);
  return state;
}

interface Match {
  readonly position: number;
  readonly index: number;
  readonly text: string;
}

function firstMatch({ matchers, next, line, ended }: PhaseProgress): Match | null {
  if (ended) return null;
  const text = withoutLineEnd(line.text);
  for (let position = next; position < matchers.length; position++) {
    const pattern = matchers[position]?.pattern;
    if (pattern === undefined) break;
    pattern.lastIndex = matchFrom(line);
    const found = pattern.exec(text);
    if (found !== null) return { position, index: found.index, text: found[0] };
  }
  return null;
}

function markSeen(state: PhaseProgress, { position, index, text }: Match): PhaseProgress {
  const matcher = state.matchers[position];
  if (matcher === undefined) return state;
  const name = matcher.phase.name;
  const byteOffset = state.byteCount - state.line.text.length + index;
  const stamp: SeenPhase = {
    name,
    status: 'seen',
    atNs: Math.max(0, Math.round(stampAt(state.line, byteOffset))),
    byteOffset,
    text: readableText(text),
  };
  const passed = state.matchers.slice(state.next, position).map(({ phase }) => [phase.name, state.lastLine] as const);
  return {
    ...state,
    seen: new Map([...state.seen, [name, stamp]]),
    passedOver: new Map([...state.passedOver, ...passed]),
    next: position + 1,
    line: { ...state.line, from: index + text.length },
    ended: matcher.last,
  };
}

/** The last thing that the guest printed, an unfinished line included. */
export function lastLineOf({ line, lastLine }: PhaseProgress): string {
  const unfinished = readableText(line.text.slice(-WINDOW));
  return unfinished === '' ? lastLine : unfinished;
}

/** One stamp for every phase of the table, in its order. */
export function finishPhases(progress: PhaseProgress, table: PhaseTable): PhaseStamp[] {
  return table.phases.map(({ name, pattern }): PhaseStamp => {
    if (pattern === null) return { name, status: 'unobservable' };
    return progress.seen.get(name) ?? { name, status: 'missing', seenLast: progress.passedOver.get(name) ?? lastLineOf(progress) };
  });
}

/** Names of the required phases that were not seen. */
export function missingPhases(progress: PhaseProgress, table: PhaseTable): string[] {
  return observablePhases(table).flatMap(({ name, optional }) => (optional || progress.seen.has(name) ? [] : [name]));
}
