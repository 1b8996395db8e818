import { DeclaredError } from '../../contract/errors.ts';
import type { GuestRuntime } from '../../contract/guests.ts';

type State = GuestRuntime['state'];

/** In which states an act is possible, and how it is called in a refusal. */
const acts = {
  start: { from: ['stopped'], words: 'be started' },
  pause: { from: ['running'], words: 'be paused' },
  resume: { from: ['paused'], words: 'be resumed' },
  reset: { from: ['running', 'paused'], words: 'be reset' },
  powerDown: { from: ['running', 'paused'], words: 'be powered down' },
  kill: { from: ['running', 'paused', 'stopping'], words: 'be killed' },
  remove: { from: ['stopped'], words: 'be deleted' },
} as const satisfies Record<string, { from: readonly State[]; words: string }>;
export type GuestAct = keyof typeof acts;

/** Whether an act is possible in a state. */
export function isPossible(act: GuestAct, state: State): boolean {
  return (acts[act].from as readonly State[]).includes(state);
}

/** Throws GUEST_BUSY when the act is not possible now. */
export function refuseUnlessPossible(act: GuestAct, guest: string, state: State): void {
  if (!isPossible(act, state)) throw new DeclaredError('GUEST_BUSY', { guest, state, wanted: acts[act].words });
}
