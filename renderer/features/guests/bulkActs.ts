import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Failure } from '../../../electron/contract/errors.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import { asFailure } from '../../transport/failures.ts';

export type BulkAct = 'start' | 'pause' | 'resume' | 'powerDown' | 'kill' | 'remove';

const from: Readonly<Record<BulkAct, readonly Guest['runtime']['state'][]>> = {
  start: ['stopped'],
  pause: ['running'],
  resume: ['paused'],
  powerDown: ['running', 'paused'],
  kill: ['running', 'paused', 'stopping'],
  remove: ['stopped'],
};

/** Those of the chosen guests that an act is possible for in their present state. */
export function possibleFor(act: BulkAct, guests: readonly Guest[]): Guest[] {
  return guests.filter(({ runtime }) => from[act].includes(runtime.state));
}

export interface BulkEnd {
  readonly done: readonly Guest[];
  readonly failed: readonly { readonly guest: Guest; readonly failure: Failure }[];
}

/** Does it to each in turn, in the list's order: memory is then counted guest by guest. One that fails does not stop the others. */
export async function actOnAll(client: LabClient, act: BulkAct, guests: readonly Guest[]): Promise<BulkEnd> {
  const done: Guest[] = [];
  const failed: { guest: Guest; failure: Failure }[] = [];
  const perform = async (guest: Guest): Promise<void> => {
    try {
      await client.guests[act]({ id: guest.definition.id });
      done.push(guest);
    } catch (thrown) {
      failed.push({ guest, failure: asFailure(thrown) });
    }
  };
  // Guests end at their own pace, so they are asked together; all else in turn.
  if (act === 'powerDown') await Promise.all(guests.map(perform));
  else for (const guest of guests) await perform(guest);
  return { done, failed };
}
