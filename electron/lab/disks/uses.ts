import { DeclaredError } from '../../contract/errors.ts';
import { diskActs, type DiskAct } from '../../core/disks/diskActs.ts';

export interface Borrower {
  readonly guest: string;
  readonly readOnly: boolean;
}

/** Who uses which disk now: guests that run, and what is being done with it. Held in memory only. */
export interface Uses {
  /** Throws DISK_IN_USE when another guest has it, or anybody has one of `twins`, which are the same file; unless both only read. */
  lend(disk: Named, borrower: Borrower, twins?: readonly string[]): void;
  /** Answers what was lent. */
  giveBack(disk: string, guest: string): Borrower | undefined;
  /** Guests that run with it. */
  borrowers(disk: string): Borrower[];
  /** Whether neither a guest nor an act has it. */
  isFree(disk: string): boolean;
  /** Keeps disks for one act, until the answered function is called. Throws DISK_IN_USE; then none is kept. */
  occupy(disks: readonly Named[], act: DiskAct, exceptGuest?: string): () => void;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

const doing: Readonly<Record<DiskAct, string>> = {
  resize: 'it is being resized',
  compact: 'it is being compacted',
  convert: 'it is being converted',
  repair: 'it is being repaired',
  remove: 'it is being deleted',
  export: 'it is being exported',
  check: 'it is being checked',
  clone: 'it is being cloned',
  digest: 'it is being read',
  snapshot: 'it is being snapshotted',
  merge: 'its layers are being merged',
  revert: 'it is being taken back',
};

export function createUses(nameOfGuest: (id: string) => string): Uses {
  const loans = new Map<string, Map<string, Borrower>>();
  const acts = new Map<string, DiskAct>();
  const borrowers = (disk: string): Borrower[] => [...(loans.get(disk)?.values() ?? [])];
  const refuse = ({ name }: Named, wanted: string, by: string[]): void => {
    if (by.length > 0) throw new DeclaredError('DISK_IN_USE', { disk: name, wanted, by });
  };
  const actOn = (disk: string): string[] => {
    const act = acts.get(disk);
    return act === undefined ? [] : [doing[act]];
  };

  return {
    borrowers,
    isFree: (disk) => borrowers(disk).length === 0 && !acts.has(disk),
    lend(disk, borrower, twins = []) {
      const others = [...borrowers(disk.id).filter(({ guest }) => guest !== borrower.guest), ...twins.flatMap(borrowers)].filter(({ readOnly }) => !(readOnly && borrower.readOnly));
      refuse(disk, `be given to ${nameOfGuest(borrower.guest)}`, [...others.map(({ guest }) => nameOfGuest(guest)), ...[disk.id, ...twins].flatMap(actOn)]);
      const lent = loans.get(disk.id) ?? new Map<string, Borrower>();
      loans.set(disk.id, lent.set(borrower.guest, borrower));
    },
    giveBack(disk, guest) {
      const borrower = loans.get(disk)?.get(guest);
      loans.get(disk)?.delete(guest);
      return borrower;
    },
    occupy(disks, act, exceptGuest) {
      const { words, alters } = diskActs[act];
      for (const disk of disks) {
        // Who only reads hinders nobody who only reads.
        const hindering = borrowers(disk.id).filter(({ guest, readOnly }) => guest !== exceptGuest && (alters || !readOnly));
        refuse(disk, words, [...hindering.map(({ guest }) => nameOfGuest(guest)), ...actOn(disk.id)]);
      }
      for (const { id } of disks) acts.set(id, act);
      return () => {
        for (const { id } of disks) acts.delete(id);
      };
    },
  };
}
