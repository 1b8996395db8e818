import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { Failure } from '../../electron/contract/errors.ts';
import { asFailure } from '../transport/failures.ts';

export interface Action<Inputs extends unknown[], Output> {
  /** Resolves with null when it failed; the failure is then in `failure`. */
  readonly run: (...inputs: Inputs) => Promise<Output | null>;
  readonly busy: Ref<boolean>;
  readonly failure: ShallowRef<Failure | null>;
}

/** Something a person asked of the lab: busy while it lasts, and with its failure to be shown where it was asked. */
export function useAction<Inputs extends unknown[], Output>(perform: (...inputs: Inputs) => Promise<Output>): Action<Inputs, Output> {
  const busy = ref(false);
  const failure = shallowRef<Failure | null>(null);
  async function run(...inputs: Inputs): Promise<Output | null> {
    if (busy.value) return null;
    busy.value = true;
    failure.value = null;
    try {
      return await perform(...inputs);
    } catch (thrown) {
      failure.value = asFailure(thrown);
      return null;
    } finally {
      busy.value = false;
    }
  }
  return { run, busy, failure };
}
