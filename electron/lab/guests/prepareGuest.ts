import type { GuestDefinition } from '../../contract/guests.ts';
import { describeError, type Log } from '../log.ts';
import type { Capacity } from './capacity.ts';
import type { GuestDisks } from './disks.ts';
import type { GuestPorts } from './ports.ts';
import { decidedNetwork, refuseEmpty, type ResolvedGuest } from './resolveGuest.ts';

/** A guest that has all that it starts with. */
export interface PreparedGuest {
  /** With its ports decided. */
  readonly definition: GuestDefinition;
  /** With the disks that it was lent. */
  readonly resolved: ResolvedGuest;
  /** For a start that failed. */
  readonly giveBack: () => Promise<void>;
}

/** What a guest has of the disks, from its start or adoption to its end. */
export interface Loans {
  /** The same machine with its disks as they are lent. Throws what lending throws; then nothing is lent. */
  borrow(guest: string, resolved: ResolvedGuest): Promise<ResolvedGuest>;
  /** For a machine that was adopted: what it has is lent to it again. Throws what lending throws. */
  borrowAgain(guest: string, disks: readonly { readonly id: string; readonly readOnly: boolean }[]): Promise<void>;
  giveBack(guest: string, disks: readonly { readonly id: string }[]): Promise<void>;
}

export function createLoans(disks: GuestDisks, log: Log): Loans {
  const giveBack: Loans['giveBack'] = async (guest, lent) => {
    for (const { id } of lent) {
      try {
        await disks.giveBack(id, guest);
      } catch (error) {
        log({ level: 'error', noun: 'guests', message: `the disk ${id} of ${guest} could not be given back`, details: describeError(error) });
      }
    }
  };
  return {
    giveBack,
    async borrowAgain(guest, lent) {
      for (const { id, readOnly } of lent) await disks.lend(id, { guest, readOnly });
    },
    async borrow(guest, resolved) {
      const lent: ResolvedGuest['disks'][number][] = [];
      try {
        for (const disk of resolved.disks) lent.push({ ...disk, ...(await disks.lend(disk.id, { guest, readOnly: disk.readOnly })) });
      } catch (error) {
        await giveBack(guest, lent);
        throw error;
      }
      return { ...resolved, disks: lent };
    },
  };
}

export interface PreparationDependencies {
  readonly ports: Pick<GuestPorts, 'settle'>;
  readonly resolve: (definition: GuestDefinition) => Promise<ResolvedGuest>;
  readonly loans: Loans;
  readonly capacity: Pick<Capacity, 'refuseTooMuch'>;
}

/** Gives a guest what it starts with. What is wrong with its files is said before any port is remembered, and disks come last. */
export function createPreparation({ ports, resolve, loans, capacity }: PreparationDependencies): (definition: GuestDefinition) => Promise<PreparedGuest> {
  return async (given) => {
    refuseEmpty(given);
    const resolvable = await resolve(given);
    capacity.refuseTooMuch(given);
    const definition = await ports.settle(given);
    const resolved = await loans.borrow(definition.id, { ...resolvable, network: decidedNetwork(definition) });
    return { definition, resolved, giveBack: () => loans.giveBack(definition.id, resolved.disks) };
  };
}
