import { computed, onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { Guest } from '../../../electron/contract/guests.ts';
import type { Installation } from '../../../electron/contract/installations.ts';
import { useNow } from '../../app/useNow.ts';
import { useLab } from '../../stores/lab.ts';

/** What a look at a guest found: its text screen, and how much its serial console has printed by then. */
interface Look {
  readonly step: string;
  readonly printed: number;
}

/**
 * The text screen of a guest that is being installed: null while it shows none, and while it speaks over its serial console in
 * the step that runs, which stands beside it anyway. A screen tells nobody that it changed, so it is looked at each second.
 */
export function useTextScreen(installation: () => Installation | undefined, guest: () => Guest | undefined): ShallowRef<readonly string[] | null> {
  const lab = useLab();
  const shown = shallowRef<readonly string[] | null>(null);
  const isLooking = computed(() => {
    const state = installation()?.state;
    return lab.isConnected && (state === 'running' || state === 'byHand') && guest()?.runtime.state === 'running' && guest()?.definition.display !== 'none';
  });
  const step = computed(() => installation()?.steps.find((one) => one.state === 'running')?.id ?? '');
  let first: Look | null = null;
  let isAsking = false;
  let isOver = false;

  async function look(id: string, guestId: string): Promise<void> {
    const { installations, consoles } = lab.client();
    const [{ lines }, { end }] = await Promise.all([installations.screen({ id }), consoles.get({ id: `guest/${guestId}/serial0` })]);
    if (isOver || !isLooking.value) return;
    if (first?.step !== step.value) first = { step: step.value, printed: end };
    shown.value = end > first.printed || lines === null || lines.every((line) => line.trim() === '') ? null : lines;
  }

  const now = useNow(() => isLooking.value);
  watch([now, isLooking], () => {
    const [one, of] = [installation(), guest()];
    if (!isLooking.value) shown.value = null;
    if (!isLooking.value || isAsking || one === undefined || of === undefined) return;
    isAsking = true;
    // The guest may end between two looks: then the next one says so.
    look(one.id, of.definition.id).catch(() => undefined).finally(() => (isAsking = false));
  }, { immediate: true });
  onScopeDispose(() => (isOver = true));
  return shown;
}
