import { z } from 'zod';
import { ref } from 'vue';

const deletedGuest = z.object({ id: z.string(), name: z.string() });
type DeletedGuest = z.infer<typeof deletedGuest>;

const KEY = 'petri.deletedGuests';
const MOST = 20;

function stored(): DeletedGuest[] {
  try {
    return z.array(deletedGuest).parse(JSON.parse(localStorage.getItem(KEY) ?? '[]'));
  } catch {
    // Written by another version, or by hand: the guests are in the lab's trash all the same.
    return [];
  }
}

/** Guests that this window moved to the trash, so that the undo does not end with its toast. Newest first. */
export const deletedGuests = ref<readonly DeletedGuest[]>(stored());

function keep(next: readonly DeletedGuest[]): void {
  deletedGuests.value = next.slice(0, MOST);
  localStorage.setItem(KEY, JSON.stringify(deletedGuests.value));
}

export function rememberDeleted(guest: DeletedGuest): void {
  keep([{ id: guest.id, name: guest.name }, ...deletedGuests.value.filter(({ id }) => id !== guest.id)]);
}

export function forgetDeleted(id: string): void {
  keep(deletedGuests.value.filter((guest) => guest.id !== id));
}
