import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { useLab } from '../../../stores/lab.ts';
import { openRfbSocket } from './rfbSocket.ts';
import { openScreen, type OpenScreen } from './openScreen.ts';

/** `lost` was connected, or could not be: `reason` says why. */
export type ScreenState = { readonly name: 'connecting' } | { readonly name: 'connected' } | { readonly name: 'lost'; readonly reason: string };

export interface FollowedScreen {
  readonly state: Ref<ScreenState>;
  readonly screen: ShallowRef<OpenScreen | null>;
  /** Connects anew; what was open is closed. */
  readonly connect: () => Promise<void>;
}

export interface FollowScreenOptions {
  readonly guest: string;
  readonly label: string;
  readonly element: () => HTMLElement | null;
  readonly fits: () => boolean;
  readonly leave: () => void;
  readonly paste: (text: string) => void;
}

/** Shows a guest's screen in an element, and again after each reconnect to the lab. `start` once the element is there. */
export function useScreen(options: FollowScreenOptions): FollowedScreen & { readonly start: () => void } {
  const lab = useLab();
  const state = ref<ScreenState>({ name: 'connecting' });
  const screen = shallowRef<OpenScreen | null>(null);
  let attempt = 0;
  let stop: (() => void) | null = null;

  function close(): void {
    screen.value?.dispose();
    screen.value = null;
  }

  async function connect(): Promise<void> {
    attempt += 1;
    const own = attempt;
    close();
    state.value = { name: 'connecting' };
    let reason = 'The connection was lost.';
    const lost = (): void => {
      if (own !== attempt) return;
      close();
      state.value = { name: 'lost', reason };
    };
    try {
      const socket = await openRfbSocket((listener) => lab.openScreen(options.guest, {
        bytes: listener.bytes,
        closed: (why) => {
          reason = why;
          listener.closed(why);
        },
      }));
      const element = options.element();
      if (own !== attempt || element === null) {
        socket.close();
        return;
      }
      screen.value = openScreen(element, socket, {
        label: options.label, fits: options.fits(), leave: options.leave, paste: options.paste, lost,
        connected: () => (state.value = { name: 'connected' }),
      });
    } catch (thrown) {
      reason = thrown instanceof Error ? thrown.message : String(thrown);
      lost();
    }
  }

  onScopeDispose(() => {
    attempt += 1;
    stop?.();
    close();
  });
  return { state, screen, connect, start: () => (stop = lab.onSession(() => void connect())) };
}
