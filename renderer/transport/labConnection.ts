import type { LabClient } from '../../electron/contract/contract.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import type { Hello } from '../../electron/contract/system.ts';
import { CONTRACT_VERSION } from '../../electron/contract/version.ts';
import { asFailure } from './failures.ts';
import type { RpcChannel, Transport } from './transport.ts';

/** How the page stands with its lab. `waiting` tries again by itself at `retryAt` (Unix time in ms). */
export type LabState =
  | { readonly name: 'connecting' }
  | { readonly name: 'connected'; readonly hello: Hello }
  | { readonly name: 'waiting'; readonly reason: string; readonly retryAt: number; readonly attempt: number }
  | { readonly name: 'refused'; readonly failure: Failure };

/** The time of one line to the lab; `signal` aborts when that line is lost. */
export interface LabSession {
  readonly client: LabClient;
  readonly signal: AbortSignal;
}

export interface LabConnection {
  readonly state: LabState;
  readonly session: LabSession | null;
  /** Tells every session there is and will be; returns the way to stop it. */
  readonly onSession: (listener: (session: LabSession) => void) => () => void;
  readonly onState: (listener: (state: LabState) => void) => () => void;
  /** Tries at once instead of at the end of the pause. */
  readonly retry: () => void;
  readonly close: () => void;
}

// A lab that restarts answers within a second; one that is gone should not be asked more than every 10 s.
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** The pause before attempt n (from 1): doubled each time, with a limit. */
export function pauseBefore(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
}

/** Keeps one line to the lab: opens it, says hello, and opens another one with back-off when it is lost. */
export function connectToLab(transport: Transport, build: string): LabConnection {
  const sessionListeners = new Set<(session: LabSession) => void>();
  const stateListeners = new Set<(state: LabState) => void>();
  let state: LabState = { name: 'connecting' };
  let session: LabSession | null = null;
  let channel: RpcChannel | null = null;
  let wake: (() => void) | null = null;
  const life = new AbortController();
  const isOver = (): boolean => life.signal.aborted;

  function enter(next: LabState): void {
    state = next;
    for (const listener of stateListeners) listener(next);
  }

  async function serveOneLine(): Promise<string> {
    channel = await transport.openRpc();
    const hello = await channel.client.system.hello({ contract: CONTRACT_VERSION, build, shell: transport.shell });
    const lifetime = new AbortController();
    session = { client: channel.client, signal: lifetime.signal };
    enter({ name: 'connected', hello });
    for (const listener of sessionListeners) listener(session);
    const reason = await channel.closed;
    session = null;
    lifetime.abort();
    return reason;
  }

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    for (let attempt = 1; !isOver(); attempt += 1) {
      const outcome = await serveOneLine().then((reason) => ({ reason, served: true as const }), (thrown: unknown) => ({ thrown, served: false as const }));
      channel?.close();
      channel = null;
      if (isOver()) return;
      if (outcome.served) attempt = 1;
      const failure = outcome.served ? null : asFailure(outcome.thrown);
      const refused = failure !== null && (failure.code === 'VERSION_MISMATCH' || failure.code === 'TOKEN_REFUSED');
      const milliseconds = refused ? LONGEST_PAUSE_MS : pauseBefore(attempt);
      if (refused) enter({ name: 'refused', failure });
      else enter({ name: 'waiting', reason: outcome.served ? outcome.reason : wordsOf(outcome.thrown), retryAt: Date.now() + milliseconds, attempt });
      await pause(milliseconds);
      if (state.name !== 'refused') enter({ name: 'connecting' });
    }
  }

  void run();
  return {
    get state() {
      return state;
    },
    get session() {
      return session;
    },
    onSession: (listener) => {
      sessionListeners.add(listener);
      if (session !== null) listener(session);
      return () => sessionListeners.delete(listener);
    },
    onState: (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    retry: () => wake?.(),
    close: () => {
      life.abort();
      channel?.close();
      wake?.();
    },
  };
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
