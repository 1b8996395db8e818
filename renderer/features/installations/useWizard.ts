import { computed, ref, watch } from 'vue';
import type { CatalogEntry } from '../../../electron/contract/catalog.ts';
import { useCatalog } from '../../stores/catalog.ts';
import { useGuests } from '../../stores/guests.ts';
import { forgetDraft, keepDraft, readDraft } from './keptDraft.ts';
import { problemsOf, reachable } from './wizardChecks.ts';
import { chooseSystem, emptyWizard, installationOf, steps, type Step, type WizardDraft } from './wizardDraft.ts';

/** The wizard's draft, kept through reloads, with what follows from it. */
export function useWizard() {
  const catalog = useCatalog();
  const guests = useGuests();
  const draft = ref<WizardDraft>(readDraft());
  watch(draft, (next) => keepDraft(next), { deep: true });

  const entry = computed<CatalogEntry | undefined>(() => (draft.value.system === null ? undefined : catalog.byId.get(draft.value.system)));
  const open = computed(() => reachable(draft.value, entry.value));
  const problems = computed(() => problemsOf(draft.value.step, draft.value, entry.value));
  const at = computed(() => steps.indexOf(draft.value.step));
  const taken = computed(() => guests.all.map(({ definition }) => definition.name));

  function change(part: Partial<WizardDraft>): void {
    draft.value = { ...draft.value, ...part };
  }
  function go(step: Step): void {
    if (open.value.has(step)) change({ step });
  }
  function move(by: 1 | -1): void {
    const step = steps[at.value + by];
    if (step !== undefined) go(step);
  }
  /** Another system begins with its own defaults; the same one again changes nothing. */
  function choose(chosen: CatalogEntry): void {
    if (draft.value.system !== chosen.id) draft.value = { ...chooseSystem(draft.value, chosen), step: draft.value.step };
  }
  function reset(): void {
    forgetDraft();
    draft.value = emptyWizard();
  }
  return {
    draft, entry, open, problems, at, taken, change, go, move, choose, reset,
    wanted: () => (entry.value === undefined ? null : installationOf(draft.value, entry.value, taken.value)),
  };
}

export type Wizard = ReturnType<typeof useWizard>;
