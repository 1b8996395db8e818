import type { Machine } from '../../core/guests/machine.ts';
import type { Companions } from './companions.ts';
import type { GuestConsoles } from './consoles.ts';
import type { RunningGuest } from './runningGuest.ts';

export interface Attachments {
  readonly consoles: GuestConsoles;
  readonly companions: Pick<Companions, 'begin'>;
}

/** Connects a machine's consoles and begins what goes along with it. */
export async function accompany(id: string, guest: RunningGuest, { consoles, companions }: Attachments): Promise<void> {
  await guest.attach(consoles);
  await companions.begin(id, guest);
}

/**
 * Connects the consoles of a machine that is held, so that no byte is lost, and lets the guest run. A machine that waits
 * for a snapshot gets it in between.
 */
export async function letGo(id: string, guest: RunningGuest, attachments: Attachments, loadState?: (machine: Machine) => Promise<void>): Promise<void> {
  await accompany(id, guest, attachments);
  await loadState?.(guest.machine);
  // A user's guest reboots as a real machine does; only measured boots end with their first reboot.
  await guest.machine.allowReboots();
  await guest.machine.go();
}
