import type { GuestConsoles } from './consoles.ts';
import type { RunningGuest } from './runningGuest.ts';

/** Connects the console of a machine that is held, so that no byte is lost, and lets the guest run. */
export async function letGo(guest: RunningGuest, consoles: GuestConsoles): Promise<void> {
  await guest.attach(consoles);
  // A user's guest reboots as a real machine does; only measured boots end with their first reboot.
  await guest.machine.allowReboots();
  await guest.machine.go();
}
