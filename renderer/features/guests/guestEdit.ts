import { inject, provide, type InjectionKey } from 'vue';
import type { GuestEdit } from './useGuestDraft.ts';

const key: InjectionKey<GuestEdit> = Symbol('guest edit');

/** Gives the sections of a form the guest that they edit together. */
export function provideGuestEdit(edit: GuestEdit): void {
  provide(key, edit);
}

/** The guest that the form around this section edits. */
export function useGuestEdit(): GuestEdit {
  const edit = inject(key);
  if (edit === undefined) throw new Error('This section stands in no form of a guest.');
  return edit;
}
