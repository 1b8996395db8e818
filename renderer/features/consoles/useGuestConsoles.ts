import type { GuestConsoles } from '../../../electron/contract/consoles.ts';
import { useReplica, type Replica } from '../../stores/replica.ts';

/** The consoles of a guest that there are, with their viewers, as long as the component lives. */
export function useGuestConsoles(guest: string): Replica<GuestConsoles> {
  return useReplica<GuestConsoles, GuestConsoles>({
    initial: { consoles: [], viewers: {} },
    subscribe: (client, signal) => client.consoles.watch({ guest }, { signal }),
    apply: (_before, now) => now,
  });
}
