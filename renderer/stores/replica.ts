import { getCurrentScope, onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { LabClient } from '../../electron/contract/contract.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import { asFailure } from '../transport/failures.ts';
import type { LabSession } from '../transport/labConnection.ts';
import { useLab } from './lab.ts';

/** `waiting` has nothing yet, `live` follows the lab, `stale` shows what was last known, `ended` is complete. */
export type Freshness = 'waiting' | 'live' | 'stale' | 'ended';

export interface ReplicaOptions<State, Event> {
  readonly initial: State;
  /** Opens a subscription of the contract: a snapshot first, then each change. */
  readonly subscribe: (client: LabClient, signal: AbortSignal) => Promise<AsyncIterable<Event>>;
  readonly apply: (state: State, event: Event) => State;
  /** True where the stream ends by itself when there is no more to say; it is then not opened again. */
  readonly ends?: boolean;
}

export interface Replica<State> {
  readonly state: ShallowRef<State>;
  readonly freshness: Ref<Freshness>;
  readonly failure: ShallowRef<Failure | null>;
}

// A stream that the lab ended (a page too slow to follow) is opened again; the pause keeps a refusal from becoming a storm.
const REOPEN_PAUSE_MS = 500;

/**
 * A copy of something of the lab that follows it: snapshot, then changes, and anew after every reconnect.
 * In a store it lives as long as the app; in a component it ends with the component.
 */
export function useReplica<State, Event>(options: ReplicaOptions<State, Event>): Replica<State> {
  const state = shallowRef(options.initial);
  const freshness = ref<Freshness>('waiting');
  const failure = shallowRef<Failure | null>(null);
  const lifetime = new AbortController();

  async function followOnce(session: LabSession, signal: AbortSignal): Promise<void> {
    // Only leaving is told to the lab: on a line that is lost nothing can be sent, and the stream ends by itself.
    const events = await options.subscribe(session.client, lifetime.signal);
    for await (const event of events) {
      if (signal.aborted) return;
      state.value = options.apply(state.value, event);
      freshness.value = 'live';
      failure.value = null;
    }
  }

  async function follow(session: LabSession): Promise<void> {
    const signal = AbortSignal.any([session.signal, lifetime.signal]);
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const thrown = await followOnce(session, signal).then(() => null, (error: unknown) => ({ error }));
      if (isOver()) break;
      if (thrown === null && options.ends === true) {
        freshness.value = 'ended';
        return;
      }
      if (thrown !== null) failure.value = asFailure(thrown.error);
      markStale();
      if (failure.value?.code === 'NOT_FOUND') return;
      await new Promise((resolve) => setTimeout(resolve, REOPEN_PAUSE_MS));
    }
    markStale();
  }

  function markStale(): void {
    if (freshness.value === 'live') freshness.value = 'stale';
  }

  const stop = useLab().onSession((session) => {
    if (freshness.value !== 'ended') void follow(session);
  });
  if (getCurrentScope() !== undefined) {
    onScopeDispose(() => {
      stop();
      lifetime.abort();
    });
  }
  return { state, freshness, failure };
}
