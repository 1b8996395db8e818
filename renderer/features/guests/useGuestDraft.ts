import { computed, reactive, shallowRef, watch, type ComputedRef } from 'vue';
import type { CatalogEntry } from '../../../electron/contract/catalog.ts';
import { explain, type Failure } from '../../../electron/contract/errors.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import { useAction } from '../../components/useAction.ts';
import { useLab } from '../../stores/lab.ts';
import { asFailure } from '../../transport/failures.ts';
import { changedKeys, changeOf, draftOf, fieldOf, lockOf, rebased, validate, type DraftKey, type FieldErrors, type GuestDraftFields } from './guestDraft.ts';
import { isActive } from './guestState.ts';

/** A guest as it is being edited. The sections of the form share it. */
export interface GuestEdit {
  readonly draft: GuestDraftFields;
  readonly guest: Guest;
  /** The entry that the guest was made from: its choices are those that are offered. Null for "your own" and until it is known. */
  readonly entry: CatalogEntry | null;
  readonly changed: readonly DraftKey[];
  /** What is wrong with the whole, when it is about no field. */
  readonly failure: Failure | null;
  readonly saving: boolean;
  errorOf(path: string): string | null;
  lockOf(key: DraftKey): string | null;
  discard(): void;
  /** Resolves with true when everything was taken. */
  save(): Promise<boolean>;
}

export function useGuestDraft(guest: ComputedRef<Guest>): GuestEdit {
  const lab = useLab();
  const base = shallowRef(draftOf(guest.value.definition));
  const state = reactive({ draft: draftOf(guest.value.definition) });
  const entry = shallowRef<CatalogEntry | null>(null);
  const errors = shallowRef<FieldErrors>({});
  const changed = computed(() => changedKeys(base.value, state.draft));

  watch(() => guest.value.definition, (definition) => {
    const after = draftOf(definition);
    state.draft = rebased(JSON.parse(JSON.stringify(state.draft)) as GuestDraftFields, base.value, after);
    base.value = after;
  });
  // What was wrong may be right after a change; it is looked at anew when it is saved.
  watch(() => state.draft, () => (errors.value = {}), { deep: true });
  watch(() => [guest.value.definition.catalogEntry, lab.isConnected] as const, ([id, connected]) => {
    // Without the entry every choice is offered, and the lab refuses what does not fit.
    if (id !== null && connected) lab.client().catalog.list().then((all) => (entry.value = all.find((other) => other.id === id) ?? null), () => undefined);
  }, { immediate: true });

  const save = useAction(async () => {
    const change = changeOf(base.value, state.draft);
    errors.value = validate(change);
    if (Object.keys(errors.value).length > 0) return false;
    const { id } = guest.value.definition;
    const { medium, ...rest } = change;
    try {
      // The drive of a running guest is opened by QEMU, not by its definition.
      if (medium !== undefined && isActive(guest.value)) await lab.client().guests.changeMedium({ id, medium });
      else if (medium !== undefined) Object.assign(rest, { medium });
      if (Object.keys(rest).length > 0) await lab.client().guests.update({ id, change: rest });
      return true;
    } catch (thrown) {
      const failure = asFailure(thrown);
      const field = fieldOf(failure, state.draft);
      if (field === null) throw thrown;
      const { what, evidence, fix } = explain(failure);
      errors.value = { [field]: [what, ...evidence, fix].join(' ') };
      return false;
    }
  });

  return {
    get draft() { return state.draft; },
    get guest() { return guest.value; },
    get entry() { return entry.value; },
    get changed() { return changed.value; },
    get failure() { return save.failure.value; },
    get saving() { return save.busy.value; },
    errorOf: (path) => errors.value[path] ?? null,
    lockOf: (key) => lockOf(key, isActive(guest.value)),
    discard() {
      state.draft = JSON.parse(JSON.stringify(base.value)) as GuestDraftFields;
      errors.value = {};
      save.failure.value = null;
    },
    save: async () => (await save.run()) === true,
  };
}
