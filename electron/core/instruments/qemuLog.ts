import type { Architecture } from '../../contract/primitives.ts';
import { readArmLine } from './qemuLogArm.ts';
import { END_OF_LOG, isArm, type LoggedEvent, type LogState } from './qemuLogState.ts';
import { readX86Line } from './qemuLogX86.ts';

export function beginLog(architecture: Architecture): LogState {
  return { architecture, rest: '', open: null, device: false };
}

/** No line of the log is longer; one without an end is not kept. */
const LONGEST_LINE = 65_536;

/** Takes the next part of QEMU's log (`-d int,mmu`). Lines that are none of its events, those of traces among them, are passed over. */
export function readLog(state: LogState, chunk: string): { readonly state: LogState; readonly events: LoggedEvent[] } {
  const lines = (state.rest + chunk).split('\n');
  const rest = lines.pop() ?? '';
  const events: LoggedEvent[] = [];
  const readLine = isArm(state.architecture) ? readArmLine : readX86Line;
  let next: LogState = { ...state, rest: rest.length > LONGEST_LINE ? '' : rest };
  for (const line of lines) next = readLine(next, line, events);
  return { state: next, events };
}

/** What was begun when the log ends: its kind is known, and what was to follow is not. */
export function endLog(state: LogState): LoggedEvent[] {
  const events: LoggedEvent[] = [];
  const readLine = isArm(state.architecture) ? readArmLine : readX86Line;
  readLine({ ...state, rest: '' }, END_OF_LOG, events);
  return events;
}
