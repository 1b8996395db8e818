import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { LabClient } from '../../electron/contract/contract.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import { asFailure } from '../transport/failures.ts';
import { useLab } from './lab.ts';

export interface Answer<Value> {
  /** The newest answer; it stays while the next one is awaited. Null before the first. */
  readonly value: ShallowRef<Value | null>;
  readonly failure: ShallowRef<Failure | null>;
  readonly busy: Ref<boolean>;
  /** True where the lab does not have the procedure: an older lab, or one that cannot do it on this machine. */
  readonly missing: ComputedRef<boolean>;
  readonly refresh: () => Promise<void>;
}

/**
 * Asks the lab, asks again whenever what is asked for changes and with each new line, and shows the newest answer: one that a later
 * question has overtaken is dropped. `ask` is called while what it reads is tracked; it returns null when there is nothing to ask.
 */
export function useAnswer<Value>(ask: () => ((client: LabClient) => Promise<Value>) | null): Answer<Value> {
  const lab = useLab();
  const value = shallowRef<Value | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const busy = ref(false);
  const question = computed(ask);
  let turn = 0;

  async function refresh(): Promise<void> {
    const mine = (turn += 1);
    const put = question.value;
    if (put === null) return;
    busy.value = true;
    try {
      const answer = await put(lab.client());
      if (mine !== turn) return;
      value.value = answer;
      failure.value = null;
    } catch (thrown) {
      if (mine === turn) failure.value = asFailure(thrown);
    } finally {
      if (mine === turn) busy.value = false;
    }
  }

  // Without a line there is nothing to ask; the next one asks.
  watch(question, () => { if (lab.isConnected) void refresh(); });
  onScopeDispose(lab.onSession(() => void refresh()));
  onScopeDispose(() => (turn += 1));
  return { value, failure, busy, missing: computed(() => isMissingProcedure(failure.value)), refresh };
}

/** True for the answer of a lab that does not have what was asked for. */
export function isMissingProcedure(failure: Failure | null): boolean {
  return failure?.code === 'NOT_FOUND' && failure.details.noun === 'procedure';
}
