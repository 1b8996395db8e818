import type { DiskFormat } from '../../contract/disks.ts';
import { DeclaredError } from '../../contract/errors.ts';

/** The newest layer of a disk, as QEMU is given it. */
export interface LentDisk {
  readonly path: string;
  readonly format: DiskFormat;
}

/** What guests need of the disks. */
export interface GuestDisks {
  /** Throws NOT_FOUND. */
  get(id: string): LentDisk & { readonly name: string; readonly fileBytes: number };
  /** For one guest alone until it is given back. Throws DISK_IN_USE, DISK_DAMAGED, NOT_FOUND and the IMAGE_ errors. */
  lend(id: string, borrower: { readonly guest: string; readonly readOnly: boolean }): LentDisk | Promise<LentDisk>;
  /** A disk that was not lent is no error. */
  giveBack(id: string, guest: string): void | Promise<void>;
}

const missing = (id: string): never => {
  throw new DeclaredError('NOT_FOUND', { noun: 'disk', id });
};

/** For a lab that keeps no disks. */
export const noDisks: GuestDisks = { get: missing, lend: missing, giveBack: () => undefined };
