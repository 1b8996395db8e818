import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { lifeEvent, type GuestRuntime, type LifeEvent } from '../../contract/guests.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';

/** What a change of a guest's runtime is in its life; how it stopped is told by its end. */
export function lifeOfTurn(before: GuestRuntime, next: GuestRuntime | null): Pick<LifeEvent, 'what' | 'detail'> | null {
  if (next?.state === 'running' && before.state === 'starting') {
    const { qemu, accelerator, pid } = next.machine;
    return { what: 'started', detail: `QEMU ${qemu.version} with ${accelerator}, pid ${pid}` };
  }
  if (next?.state === 'running' && before.state === 'paused') return { what: 'resumed', detail: '' };
  return next?.state === 'paused' && before.state === 'running' ? { what: 'paused', detail: '' } : null;
}

/** So many of a guest's newest events are kept. */
const KEPT_EVENTS = 500;

/** What happened to each guest, oldest first. */
export interface GuestLives {
  of(guest: string): LifeEvent[];
  note(guest: string, what: LifeEvent['what'], detail?: string): void;
  forget(guest: string): void;
}

export function createGuestLives(database: Database): GuestLives {
  const lives = openCollection(database, 'guestLives', z.array(lifeEvent));
  const of = (guest: string): LifeEvent[] => lives.get(guest) ?? [];
  return {
    of,
    forget: (guest) => lives.purge(guest),
    note(guest, what, detail = '') {
      const events = [...of(guest), { at: new Date().toISOString(), what, detail }].slice(-KEPT_EVENTS);
      try {
        lives.put(guest, events);
      } catch (error) {
        // A full disk loses the note, not what is noted: a guest can still be ended then.
        if (!(error instanceof DeclaredError) || error.code !== 'DISK_FULL') throw error;
      }
    },
  };
}
