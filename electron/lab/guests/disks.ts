import type { DiskFormat } from '../../contract/disks.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { AttachedDisk } from '../../contract/guests.ts';
import type { TrashedItem } from '../../contract/trash.ts';

/** The newest layer of a disk, as QEMU is given it. */
export interface LentDisk {
  readonly path: string;
  readonly format: DiskFormat;
}

/** What guests need of the disks. */
export interface GuestDisks {
  /** Throws NOT_FOUND. */
  get(id: string): LentDisk & { readonly name: string; readonly fileBytes: number };
  trash(): TrashedItem[];
  /** For one guest alone until it is given back. Throws DISK_IN_USE, DISK_DAMAGED, NOT_FOUND and the IMAGE_ errors. */
  lend(id: string, borrower: { readonly guest: string; readonly readOnly: boolean }): LentDisk | Promise<LentDisk>;
  /** A disk that was not lent is no error. */
  giveBack(id: string, guest: string): void | Promise<void>;
}

const missing = (id: string): never => {
  throw new DeclaredError('NOT_FOUND', { noun: 'disk', id });
};

/** For a lab that keeps no disks. */
export const noDisks: GuestDisks = { get: missing, trash: () => [], lend: missing, giveBack: () => undefined };

/** A disk that a guest has. Throws DISK_DELETED for one in the trash, and NOT_FOUND. */
export function needDisk(disks: Pick<GuestDisks, 'get' | 'trash'>, id: string): ReturnType<GuestDisks['get']> {
  const deleted = disks.trash().find((item) => item.id === id);
  if (deleted !== undefined) throw new DeclaredError('DISK_DELETED', { disk: deleted.name, id });
  return disks.get(id);
}

/** Throws INPUT_INVALID for a disk that is attached twice, and what `needDisk` throws for those that the guest did not have before. */
export function refuseWrongDisks(disks: Pick<GuestDisks, 'get' | 'trash'>, wanted: readonly AttachedDisk[], before: readonly AttachedDisk[]): void {
  const ids = wanted.map(({ disk }) => disk);
  for (const id of ids) if (!before.some(({ disk }) => disk === id)) needDisk(disks, id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return;
  throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'disks', message: `the disk ${needDisk(disks, twice).name} can be attached once only` }] });
}
