import { DeclaredError } from '../../contract/errors.ts';
import type { GuestChange, GuestDefinition, GuestRuntime } from '../../contract/guests.ts';

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
  use: { from: ['running', 'paused', 'stopping'], words: 'be looked at or typed into' },
} as const satisfies Record<string, { from: readonly State[]; words: string }>;
export type GuestAct = keyof typeof acts;

/** Whether an act is possible in a state. */
export function isPossible(act: GuestAct, state: State): boolean {
  return (acts[act].from as readonly State[]).includes(state);
}

/** How an act is called in a refusal: "it cannot …". */
export function wordsOf(act: GuestAct): string {
  return acts[act].words;
}

/** Throws GUEST_BUSY when the act is not possible now. */
export function refuseUnlessPossible(act: GuestAct, guest: string, state: State): void {
  if (!isPossible(act, state)) throw new DeclaredError('GUEST_BUSY', { guest, state, wanted: acts[act].words });
}

/** What a machine is made of stays as it is until it has ended; words in which each is called in a refusal. */
export const fixedWhileRunning = {
  architecture: 'architecture',
  machine: 'machine',
  boot: 'kernel',
  accelerator: 'accelerator',
  disks: 'disks',
  medium: 'medium this way',
  bootFrom: 'boot order',
  serialPorts: 'serial ports',
  display: 'display',
  network: 'network',
  share: 'share',
  tcpConsoles: 'consoles on TCP',
  place: 'place',
  limits: 'limits',
} as const satisfies Partial<Record<keyof GuestDefinition, string>>;

/** Throws GUEST_BUSY for a change of a running guest that would not be true of its machine. */
export function refuseWhileRunning(definition: GuestDefinition, change: GuestChange, state: State): void {
  if (state === 'stopped') return;
  for (const [key, words] of Object.entries(fixedWhileRunning)) {
    const part = key as keyof typeof fixedWhileRunning;
    if (change[part] === undefined || JSON.stringify(change[part]) === JSON.stringify(definition[part])) continue;
    throw new DeclaredError('GUEST_BUSY', { guest: definition.name, state, wanted: `change its ${words}` });
  }
}
