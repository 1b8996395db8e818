import type { Machine } from '../../core/guests/machine.ts';
import type { GuestConsoles } from './consoles.ts';
import type { RunningGuest } from './runningGuest.ts';

/**
 * Connects the consoles of a machine that is held, so that no byte is lost, and lets the guest run. A machine that waits
 * for a snapshot gets it in between.
 */
export async function letGo(guest: RunningGuest, consoles: GuestConsoles, loadState?: (machine: Machine) => Promise<void>): Promise<void> {
  await guest.attach(consoles);
  await loadState?.(guest.machine);
  // A user's guest reboots as a real machine does; only measured boots end with their first reboot.
  await guest.machine.allowReboots();
  await guest.machine.go();
}
