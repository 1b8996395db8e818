import type { GuestDefinition } from '../../contract/guests.ts';
import type { LentDisk } from '../guests/disks.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';

/** What a measured boot needs of the disks. */
export interface BootDisks {
  lend(id: string, borrower: { readonly guest: string; readonly readOnly: boolean }): unknown;
  giveBack(id: string, guest: string): unknown;
  /** A throw-away layer on top of a disk. */
  overlay(id: string): Promise<LentDisk & { remove(): void }>;
}

/** A guest as it is booted to be measured, until it is disposed of. */
export interface BootEquipment extends AsyncDisposable {
  readonly resolved: ResolvedGuest;
}

/**
 * Gives a measured boot throw-away layers on top of the guest's disks, so that it never writes them, and no network, or where that is to be
 * measured one without forwards: two boots at once must not want the same ports. Throws DISK_IN_USE while somebody writes to one of the disks.
 */
export async function equipBoot({ name }: GuestDefinition, resolved: ResolvedGuest, boot: string, disks: BootDisks, withNetwork = false): Promise<BootEquipment> {
  const borrower = `a measured boot of ${name} (${boot.slice(0, 8)})`;
  const undo: (() => unknown)[] = [];
  const dispose = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const layers: ResolvedGuest['disks'][number][] = [];
    for (const disk of resolved.disks) {
      await disks.lend(disk.id, { guest: borrower, readOnly: true });
      undo.push(() => disks.giveBack(disk.id, borrower));
      const { path, format, remove } = await disks.overlay(disk.id);
      undo.push(remove);
      layers.push({ ...disk, path, format });
    }
    return { resolved: { ...resolved, disks: layers, network: withNetwork ? withoutForwards(resolved.network) : { kind: 'none' }, share: null }, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function withoutForwards(network: ResolvedGuest['network']): ResolvedGuest['network'] {
  return network.kind === 'user' ? { ...network, forwards: [] } : { kind: 'none' };
}
