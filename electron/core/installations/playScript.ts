import { lastLines, withoutEscapes } from './consoleText.ts';
import { awaitedWords, type Awaited, type ScriptStep, type Typed } from './installScript.ts';

/** The steps that are played, and what means failure in any of them. */
export interface Play {
  readonly steps: readonly ScriptStep[];
  readonly failures: readonly string[];
}

/** How far a script is. It is plain data, so that it can be kept and gone on with. */
export interface Playing {
  /** The step that is awaited. */
  readonly index: number;
  /** How often this step came already. */
  readonly met: number;
  /** How often its time limit passed. */
  readonly late: number;
  readonly sinceMs: number;
  /** What the serial port gave and no step has used up yet, one character a byte. */
  readonly text: string;
  /** The offset in the console's log of the first of these. */
  readonly offset: number;
  /** The screen as it was when something was typed: the same again is no answer. */
  readonly answered: string | null;
  readonly outcome: 'playing' | 'done' | 'failed';
}

export type ScriptEvent =
  | { readonly kind: 'serial'; readonly bytes: Uint8Array; readonly atMs: number }
  | { readonly kind: 'screen'; readonly lines: readonly string[]; readonly atMs: number }
  | { readonly kind: 'ended'; readonly atMs: number }
  | { readonly kind: 'time'; readonly atMs: number };

export type ScriptAction =
  | { readonly kind: 'type'; readonly typed: Typed }
  | { readonly kind: 'met' | 'skipped'; readonly step: number }
  /** The machine is ended and started again; the script is at its beginning. */
  | { readonly kind: 'restart' }
  | { readonly kind: 'fail'; readonly step: number; readonly awaited: string; readonly limitSeconds: number; readonly lastLines: readonly string[]; readonly why: 'late' | 'ended' | 'said so' };

export interface Turn {
  readonly state: Playing;
  readonly actions: readonly ScriptAction[];
}

/** More than a screen and its scrolling hold; what is older is not awaited any more. */
const KEPT_CHARACTERS = 16_384;
const EVIDENCE_LINES = 6;

export function startPlaying(offset: number, atMs: number): Playing {
  return { index: 0, met: 0, late: 0, sinceMs: atMs, text: '', offset, answered: null, outcome: 'playing' };
}

/** When the awaited step is late, or null when nothing is awaited any more. */
export function deadlineMs({ steps }: Play, { index, sinceMs, outcome }: Playing): number | null {
  const step = steps[index];
  return step === undefined || outcome !== 'playing' ? null : sinceMs + step.limitSeconds * 1_000;
}

/** Steps that may come now, the nearest first: the awaited one, and those behind it as long as all before them may stay away. */
function reachable({ steps }: Play, { index, met }: Playing): number[] {
  const found: number[] = [];
  for (let step = index; step < steps.length; step += 1) {
    found.push(step);
    const passable = steps[step]?.optional === true || (step === index && met > 0);
    if (!passable) break;
  }
  return found;
}

/** Where an awaited thing stands in a text, or null. */
function find(expect: Awaited, text: string): { from: number; to: number } | null {
  if ('end' in expect) return null;
  if ('text' in expect) {
    const from = text.indexOf(expect.text);
    return from < 0 ? null : { from, to: from + expect.text.length };
  }
  const match = new RegExp(expect.pattern, 'm').exec(text);
  return match === null ? null : { from: match.index, to: match.index + match[0].length };
}

interface Found {
  readonly step: number;
  readonly to: number;
}

/** The step that comes first in a text; of two at the same place the nearer. */
function firstFound(play: Play, state: Playing, text: string): Found | null {
  let first: (Found & { from: number }) | null = null;
  for (const step of reachable(play, state)) {
    const expect = play.steps[step]?.expect;
    const place = expect === undefined ? null : find(expect, text);
    if (place !== null && (first === null || place.from < first.from)) first = { step, ...place };
  }
  return first;
}

function failed(play: Play, state: Playing, why: 'late' | 'ended' | 'said so', seen: string): Turn {
  const step = play.steps[state.index];
  const awaited = step === undefined ? '' : awaitedWords(step.expect);
  const action = { kind: 'fail', step: state.index, awaited, limitSeconds: step?.limitSeconds ?? 0, lastLines: lastLines(seen, EVIDENCE_LINES), why } as const;
  return { state: { ...state, outcome: 'failed' }, actions: [action] };
}

/** Goes on behind a step; all that it went past did not come. */
function pass(play: Play, state: Playing, met: Found, atMs: number): Turn {
  const step = play.steps[met.step];
  const times = met.step === state.index ? state.met + 1 : 1;
  const stays = step !== undefined && times < step.repeat;
  const next = stays ? met.step : met.step + 1;
  // A step that came at least once and could have come again is met, not skipped.
  const passed = Array.from({ length: met.step - state.index }, (_, index): ScriptAction => ({ kind: state.met > 0 && index === 0 ? 'met' : 'skipped', step: state.index + index }));
  const over = next >= play.steps.length;
  return {
    state: { ...state, index: next, met: stays ? times : 0, late: 0, sinceMs: atMs, outcome: over ? 'done' : 'playing' },
    actions: [...passed, ...(stays ? [] : [{ kind: 'met', step: met.step } as const]), ...(step?.send === undefined ? [] : [{ kind: 'type', typed: step.send } as const])],
  };
}

/** Uses up a text as far as steps are found in it. */
function readText(play: Play, state: Playing, atMs: number): Turn {
  const { text, places } = withoutEscapes(state.text);
  const found = firstFound(play, state, text);
  const failure = play.failures.map((pattern) => find({ pattern }, text)).find((place) => place !== null && (found === null || place.to <= found.to));
  if (failure !== undefined) return failed(play, state, 'said so', state.text);
  if (found === null) return { state, actions: [] };
  const used = places[found.to] ?? state.text.length;
  const passed = pass(play, { ...state, text: state.text.slice(used), offset: state.offset + used }, found, atMs);
  if (passed.state.outcome !== 'playing') return passed;
  const rest = readText(play, passed.state, atMs);
  return { state: rest.state, actions: [...passed.actions, ...rest.actions] };
}

function readSerial(play: Play, state: Playing, bytes: Uint8Array, atMs: number): Turn {
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  const all = state.text + letters;
  const read = readText(play, { ...state, text: all }, atMs);
  const surplus = Math.max(0, read.state.text.length - KEPT_CHARACTERS);
  return { ...read, state: { ...read.state, text: read.state.text.slice(surplus), offset: read.state.offset + surplus } };
}

/** A screen shows all at once, so one step at most is met by it; what is typed is answered by a screen that has changed. */
function readScreen(play: Play, state: Playing, lines: readonly string[], atMs: number): Turn {
  const screen = lines.join('\n');
  if (screen === state.answered) return { state, actions: [] };
  const failure = play.failures.find((pattern) => find({ pattern }, screen) !== null);
  if (failure !== undefined) return failed(play, state, 'said so', screen);
  // The cells behind a prompt are as empty as its own last space: it may be there.
  const found = firstFound(play, state, screen) ?? firstFound(play, state, lines.map((line) => `${line} `).join('\n'));
  const kept = { ...state, text: screen };
  if (found === null) return { state: kept, actions: [] };
  return pass(play, { ...kept, answered: play.steps[found.step]?.send === undefined ? state.answered : screen }, found, atMs);
}

function restart(state: Playing, atMs: number): Turn {
  return { state: { ...startPlaying(state.offset + state.text.length, atMs), late: state.late + 1 }, actions: [{ kind: 'restart' }] };
}

function afterEnd(play: Play, state: Playing, atMs: number): Turn {
  const step = reachable(play, state).find((index) => {
    const expect = play.steps[index]?.expect;
    return expect !== undefined && 'end' in expect;
  });
  if (step !== undefined) return pass(play, { ...state, text: '', offset: state.offset + state.text.length }, { step, to: 0 }, atMs);
  const retry = play.steps[state.index]?.onTimeout;
  if (retry !== undefined && 'restart' in retry && state.late < retry.times) return restart(state, atMs);
  return failed(play, state, 'ended', state.text);
}

function afterTime(play: Play, state: Playing, atMs: number): Turn {
  const deadline = deadlineMs(play, state);
  const step = play.steps[state.index];
  if (deadline === null || step === undefined || atMs < deadline) return { state, actions: [] };
  if (step.optional || state.met > 0) {
    const over = state.index + 1 >= play.steps.length;
    const next: Playing = { ...state, index: state.index + 1, met: 0, late: 0, sinceMs: atMs, outcome: over ? 'done' : 'playing' };
    return { state: next, actions: [{ kind: state.met > 0 ? 'met' : 'skipped', step: state.index }] };
  }
  const { onTimeout } = step;
  if (onTimeout === undefined || state.late >= onTimeout.times) return failed(play, state, 'late', state.text);
  if ('restart' in onTimeout) return restart(state, atMs);
  return { state: { ...state, late: state.late + 1, sinceMs: atMs }, actions: [{ kind: 'type', typed: onTimeout.send }] };
}

/** Plays a script on: what to do now that something happened. It has no clock and no machine of its own. */
export function playScript(play: Play, state: Playing, event: ScriptEvent): Turn {
  if (state.outcome !== 'playing') return { state, actions: [] };
  switch (event.kind) {
    case 'serial':
      return readSerial(play, state, event.bytes, event.atMs);
    case 'screen':
      return readScreen(play, state, event.lines, event.atMs);
    case 'ended':
      return afterEnd(play, state, event.atMs);
    case 'time':
      return afterTime(play, state, event.atMs);
  }
}

/** A script that somebody interrupted by hand goes on at the first step from its own on that waits at the end of what is there now. */
export function rejoin(play: Play, state: Playing, newest: string, atMs: number): Playing {
  const { text } = withoutEscapes(newest);
  const waits = (step: ScriptStep): boolean => {
    const place = find(step.expect, text);
    return place !== null && text.slice(place.to).trim() === '';
  };
  const found = play.steps.findIndex((step, index) => index >= state.index && waits(step));
  return { ...state, index: found < 0 ? state.index : found, met: 0, late: 0, sinceMs: atMs, answered: null, outcome: 'playing' };
}
