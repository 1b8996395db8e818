import { z } from 'zod';
import { lifeEvent, type LifeEvent } from '../../contract/guests.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';

/** So many of a guest's newest events are kept. */
const KEPT_EVENTS = 500;

/** What happened to each guest, oldest first. */
export interface GuestLives {
  of(guest: string): LifeEvent[];
  note(guest: string, what: LifeEvent['what'], detail?: string): void;
}

export function createGuestLives(database: Database): GuestLives {
  const lives = openCollection(database, 'guestLives', z.array(lifeEvent));
  const of = (guest: string): LifeEvent[] => lives.get(guest) ?? [];
  return {
    of,
    note(guest, what, detail = '') {
      lives.put(guest, [...of(guest), { at: new Date().toISOString(), what, detail }].slice(-KEPT_EVENTS));
    },
  };
}
