import Rfb from '@novnc/novnc';
import type { Keystroke } from '../../../../electron/core/consoles/keystrokes.ts';
import { dispatchShortcut } from '../../../app/commands.ts';
import { isLeave } from '../leaveKey.ts';
import { shift, type Chord } from './keys.ts';
import type { RfbSocket } from './rfbSocket.ts';

export interface ScreenOptions {
  readonly label: string;
  /** Drawn as large as its element, or pixel by pixel. */
  readonly fits: boolean;
  readonly leave: () => void;
  readonly connected: () => void;
  /** The connection is gone, whoever ended it. */
  readonly lost: () => void;
  readonly paste: (text: string) => void;
}

export interface OpenScreen {
  fit(fits: boolean): void;
  focus(): void;
  press(chord: Chord): void;
  /** Types keys one after the other; ends early when the signal aborts. */
  type(strokes: readonly Keystroke[], signal: AbortSignal): Promise<void>;
  /** The guest's pixels as PNG. */
  picture(): Promise<Blob>;
  dispose(): void;
}

/** A keyboard's controller holds 16 bytes for a system that does not look; a character takes up to nine of them. */
const PAUSE_BETWEEN_KEYS_MS = 20;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Shows a screen in an element; keys and the pointer go to the guest while it has the focus. */
export function openScreen(element: HTMLElement, rfb: RfbSocket, options: ScreenOptions): OpenScreen {
  const client = new Rfb(element, rfb.socket, { shared: true });
  client.scaleViewport = options.fits;
  client.background = 'transparent';
  // A system in text mode has no pointer of its own to show.
  client.showDotCursor = true;
  const canvas = element.querySelector('canvas');
  if (canvas === null) throw new Error('noVNC made no canvas.');
  // By itself noVNC leaves the canvas out of the order of Tab, and gives it no name.
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-label', options.label);
  client.addEventListener('connect', options.connected);
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    options.lost();
  };
  client.addEventListener('disconnect', end);
  const release = guardKeys(element, client, options);
  rfb.begin();

  return {
    fit: (fits) => (client.scaleViewport = fits),
    focus: () => client.focus({ preventScroll: true }),
    press({ keys }) {
      for (const { keysym, code } of keys) client.sendKey(keysym, code, true);
      for (const { keysym, code } of keys.toReversed()) client.sendKey(keysym, code, false);
    },
    async type(strokes, signal) {
      for (const { code, shift: shifted } of strokes) {
        if (signal.aborted) return;
        if (shifted) client.sendKey(shift.keysym, shift.code, true);
        client.sendKey(0, code);
        if (shifted) client.sendKey(shift.keysym, shift.code, false);
        await pause(PAUSE_BETWEEN_KEYS_MS);
      }
    },
    picture: () => new Promise((resolve, reject) => canvas.toBlob((blob) => (blob === null ? reject(new Error('The screen has no picture.')) : resolve(blob)), 'image/png')),
    dispose() {
      release();
      client.removeEventListener('disconnect', end);
      // One that has lost its line has taken itself apart already, and complains about more.
      if (isOver) return;
      isOver = true;
      client.disconnect();
    },
  };
}

/**
 * Stands before noVNC, which takes every key: the way out and the page's own keys stay with the page, a paste becomes
 * keystrokes, and a key that is held when the focus goes elsewhere is let go in the guest.
 */
function guardKeys(element: HTMLElement, client: Rfb, options: ScreenOptions): () => void {
  const held = new Set<string>();
  const listening = new AbortController();
  const listen = { capture: true, signal: listening.signal };
  const keep = (event: KeyboardEvent): boolean => event.metaKey || (event.ctrlKey && (/^[1-9]$/.test(event.key) || (event.shiftKey && event.code === 'KeyV')));
  element.addEventListener('keydown', (event) => {
    if (isLeave(event)) {
      event.preventDefault();
      event.stopPropagation();
      options.leave();
    } else if (keep(event)) {
      event.stopPropagation();
      dispatchShortcut(event);
    } else {
      held.add(event.code);
    }
  }, listen);
  element.addEventListener('keyup', (event) => held.delete(event.code), listen);
  element.addEventListener('focusout', () => {
    for (const code of held) client.sendKey(0, code, false);
    held.clear();
  }, listen);
  element.addEventListener('paste', (event) => {
    event.preventDefault();
    options.paste(event.clipboardData?.getData('text/plain') ?? '');
  }, listen);
  return () => listening.abort();
}
