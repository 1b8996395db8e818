import { z } from 'zod';
import { guestEnd } from '../../contract/guests.ts';
import { identifier, keptName } from '../../contract/primitives.ts';
import type { GuestEnd } from '../../core/guests/guestEnds.ts';
import { keptMachine, type KeptMachine } from '../../host/qemu/adoptMachine.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';

const entry = z.object({ guest: identifier, name: keptName, machine: keptMachine });
export type LedgerEntry = z.infer<typeof entry>;

/** What the next lab must know: which machines run, and how the others ended. */
export interface MachineLedger {
  running(): LedgerEntry[];
  began(guest: string, name: string, machine: KeptMachine): void;
  ended(guest: string, end: GuestEnd): void;
  lastEnd(guest: string): GuestEnd | null;
}

export function createMachineLedger(database: Database): MachineLedger {
  const machines = openCollection(database, 'machines', entry);
  const ends = openCollection(database, 'guestEnds', guestEnd);
  return {
    running: () => machines.all(),
    began: (guest, name, machine) => machines.put(guest, { guest, name, machine }),
    ended(guest, end) {
      ends.put(guest, end);
      machines.purge(guest);
    },
    lastEnd: (guest) => ends.get(guest) ?? null,
  };
}
