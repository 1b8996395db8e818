import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Guest, GuestEvent } from '../../electron/contract/guests.ts';
import { useReplica } from './replica.ts';

type GuestsById = ReadonlyMap<string, Guest>;

/** The guests after an event; the order is that of their making. */
export function applyGuestEvent(guests: GuestsById, event: GuestEvent): GuestsById {
  if (event.type === 'snapshot') return new Map(event.guests.map((guest) => [guest.definition.id, guest]));
  const next = new Map(guests);
  if (event.type === 'removed') next.delete(event.id);
  else next.set(event.guest.definition.id, event.guest);
  return next;
}

/** Every guest of the lab by its id. */
export const useGuests = defineStore('guests', () => {
  const { state: byId, freshness } = useReplica<GuestsById, GuestEvent>({
    initial: new Map(),
    subscribe: (client, signal) => client.guests.watch(undefined, { signal }),
    apply: applyGuestEvent,
  });
  const all = computed(() => [...byId.value.values()]);
  const active = computed(() => all.value.filter(({ runtime }) => runtime.state !== 'stopped'));
  return { byId, all, active, freshness };
});
