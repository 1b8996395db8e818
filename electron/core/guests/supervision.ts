import { z } from 'zod';
import type { GuestEnd } from './guestEnds.ts';
import type { RestartPolicy } from '../../contract/guests.ts';

/** A run that lasted so long was a good one: the next failure begins a new row. As Docker has it. */
const STEADY_MS = 10_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

/** What is remembered of a guest for its restart policy. Moments count from the Unix epoch. */
export const supervision = z.object({
  /** Whether it was ever started: policies leave a guest alone that nobody has used. */
  started: z.boolean(),
  /** Whether the user stopped it after that. */
  stoppedByUser: z.boolean(),
  /** Starts by the policy since the user's last. */
  count: z.number().int(),
  /** Of these, those since the last run that lasted. */
  inRow: z.number().int(),
  startedAtMs: z.number().nullable(),
  /** When the policy will start it, or null. */
  nextAtMs: z.number().nullable(),
});
export type Supervision = z.infer<typeof supervision>;

export const unsupervised: Supervision = { started: false, stoppedByUser: false, count: 0, inRow: 0, startedAtMs: null, nextAtMs: null };

export type SupervisionEvent =
  | { readonly type: 'started'; readonly by: 'user' | 'policy' }
  | { readonly type: 'stopAsked' | 'policyChanged' }
  | { readonly type: 'ended'; readonly how: GuestEnd['how'] }
  /** The policy's own start did not come off. */
  | { readonly type: 'startFailed' }
  /** A lab begins, and the guest does not run. */
  | { readonly type: 'labBegan'; readonly autostart: boolean; readonly lastEnd: GuestEnd['how'] | null };

/** 1 s, doubled with each restart in a row, at most a minute. */
export function backOffMs(inRow: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(inRow, 16));
}

const isFailure = (how: GuestEnd['how'] | null): boolean => how === 'crashed' || how === 'lost';

function attemptsLeft({ attempts }: RestartPolicy, inRow: number): boolean {
  return attempts === null || inRow < attempts;
}

function wantsAnother({ started, stoppedByUser, inRow }: Supervision, policy: RestartPolicy, how: GuestEnd['how'] | null): boolean {
  if (!started || stoppedByUser) return false;
  if (policy.when === 'always' || policy.when === 'unless-stopped') return true;
  return policy.when === 'on-failure' && isFailure(how) && attemptsLeft(policy, inRow);
}

/** The next state; when `nextAtMs` is not null the guest is to be started then. */
export function supervise(state: Supervision, event: SupervisionEvent, policy: RestartPolicy, nowMs: number): Supervision {
  switch (event.type) {
    case 'started': {
      const fresh = { ...state, started: true, stoppedByUser: false, startedAtMs: nowMs, nextAtMs: null };
      return event.by === 'user' ? { ...fresh, count: 0, inRow: 0 } : { ...fresh, count: state.count + 1, inRow: state.inRow + 1 };
    }
    case 'policyChanged':
      return policy.when === 'no' ? { ...state, nextAtMs: null } : state;
    case 'stopAsked':
      return { ...state, stoppedByUser: true, nextAtMs: null };
    case 'ended':
    case 'startFailed': {
      const lasted = event.type === 'ended' && state.startedAtMs !== null && nowMs - state.startedAtMs >= STEADY_MS;
      const failedStart = event.type === 'startFailed' ? 1 : 0;
      const next = { ...state, startedAtMs: null, inRow: lasted ? 0 : state.inRow + failedStart };
      const how = event.type === 'ended' ? event.how : 'crashed';
      return { ...next, nextAtMs: wantsAnother(next, policy, how) ? nowMs + backOffMs(next.inRow) : null };
    }
    case 'labBegan': {
      // `always` forgets that the user stopped it; a crash of before is made good by `on-failure`.
      const again = wantsAnother(policy.when === 'always' ? { ...state, stoppedByUser: false } : state, policy, event.lastEnd);
      return { ...state, startedAtMs: null, nextAtMs: event.autostart || again ? nowMs : null };
    }
  }
}
