import { onScopeDispose, readonly, ref, type Ref } from 'vue';
import { useLab } from '../../stores/lab.ts';
import { readConsole } from './consoleBytes.ts';
import { openConsoleFeed, type ConsoleFeed } from './consoleFeed.ts';
import { createTimeIndex, type TimeIndex } from './timeIndex.ts';

export interface ConsoleScreen {
  /** Puts bytes on the screen and calls back when they are there. */
  show(bytes: Uint8Array, offset: number, shown: () => void): void;
  /** Says that bytes are missing: no longer kept. */
  gap(bytes: number): void;
}

export interface FollowedConsole {
  readonly first: Readonly<Ref<number>>;
  readonly end: Readonly<Ref<number>>;
  readonly connected: Readonly<Ref<boolean>>;
  readonly times: TimeIndex;
  /** True while bytes are shown that were there before this viewer came. */
  readonly isReplaying: () => boolean;
  readonly send: (text: string) => void;
  readonly start: (screen: ConsoleScreen) => void;
}

/** How much of the past a viewer shows again when it opens. */
const REPLAY_BYTES = 256 * 1024;

/** Follows one console of the lab over reconnects, from shortly before its end. */
export function useConsole(id: string): FollowedConsole {
  const lab = useLab();
  const first = ref(0);
  const end = ref(0);
  const connected = ref(false);
  const times = createTimeIndex();
  const encoder = new TextEncoder();
  const life = new AbortController();
  let feed: ConsoleFeed | null = null;
  let shownTo: number | null = null;
  let replayTo = 0;

  async function replayStart(): Promise<number> {
    const state = await lab.client().consoles.get({ id });
    first.value = state.first;
    end.value = state.end;
    replayTo = state.end;
    const from = Math.max(state.first, shownTo ?? state.end - REPLAY_BYTES);
    if (state.end > from) times.add((await readConsole(lab.client(), id, from, Math.min(state.end - from, REPLAY_BYTES))).marks);
    return from;
  }

  async function follow(screen: ConsoleScreen, lost: AbortSignal): Promise<void> {
    const from = await replayStart();
    const opened = await openConsoleFeed({
      from,
      open: (at, listener) => lab.openConsole(id, at, {
        bytes(offset, bytes) {
          if (offset >= replayTo) times.add([{ offset, atMs: Date.now() }]);
          end.value = Math.max(end.value, offset + bytes.length);
          listener.bytes(offset, bytes);
        },
        closed: listener.closed,
      }),
      show: (bytes, offset, shown) => screen.show(bytes, offset, () => {
        shownTo = offset + bytes.length;
        shown();
      }),
      gap: (before, after) => screen.gap(after - before),
      lost: () => (connected.value = false),
      nextFrame: (callback) => requestAnimationFrame(callback),
    });
    if (lost.aborted || life.signal.aborted) {
      opened.close();
      return;
    }
    feed = opened;
    connected.value = true;
  }

  function start(screen: ConsoleScreen): void {
    const stop = lab.onSession((session) => {
      feed?.close();
      feed = null;
      // A console that does not exist yet appears with the guest's start; the owner then mounts this again.
      void follow(screen, session.signal).catch(() => (connected.value = false));
    });
    life.signal.addEventListener('abort', stop);
  }

  onScopeDispose(() => {
    life.abort();
    feed?.close();
  });

  return {
    first: readonly(first),
    end: readonly(end),
    connected: readonly(connected),
    times,
    isReplaying: () => (shownTo ?? 0) < replayTo,
    send: (text) => feed?.send(encoder.encode(text)),
    start,
  };
}
