import { encodeFrame } from '../../contract/consoleFrame.ts';
import type { ConsoleLog } from '../../core/consoles/consoleLog.ts';
import { afterAcknowledging, afterSending, allowance, openWindow } from '../../core/consoles/viewerWindow.ts';

/** Where a viewer's frames go: a connection. */
export interface ViewerSink {
  send(frame: Uint8Array): void;
  /** The console is gone; no frame follows. */
  end(): void;
}

/** One that looks at a console: a cursor into its log and nothing more, so any number of them costs the guest nothing. */
export interface Viewer {
  /** Everything before `offset` was shown. */
  acknowledge(offset: number): void;
  /** Types into the guest; see `ConsoleHandle.write`. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

const FRAME_BYTES = 64 * 1024;
/**
 * A guest prints byte by byte. Frames closer together than this would cost the lab more than they carry, and so slow the
 * guest's port; a screen shows a picture only every 16 ms.
 */
const FRAME_PAUSE_MS = 4;

/** Sends a log from `from` on, as far as the window lets it, and goes on with each append and acknowledgement. */
export function startCursor(log: ConsoleLog, from: number, send: (frame: Uint8Array) => void) {
  let window = openWindow(Math.min(from, log.end));
  let cancelPump: (() => void) | null = null;
  let pumpedAt = -Infinity;

  const pump = (): void => {
    cancelPump = null;
    pumpedAt = performance.now();
    while (window.sent < log.end && allowance(window) > 0) {
      const { offset, bytes } = log.read(window.sent, Math.min(FRAME_BYTES, allowance(window)));
      if (bytes.length === 0) return;
      send(encodeFrame(offset, bytes));
      window = afterSending(window, offset, offset + bytes.length);
    }
  };
  // The first byte after a pause goes at once; what follows it closely is joined.
  const schedule = (): void => {
    if (cancelPump !== null) return;
    const pauseMs = FRAME_PAUSE_MS - (performance.now() - pumpedAt);
    cancelPump = pauseMs > 0 ? cancellable(setTimeout(pump, pauseMs), clearTimeout) : cancellable(setImmediate(pump), clearImmediate);
  };
  const stopListening = log.onAppend(schedule);
  schedule();

  return {
    acknowledge(offset: number): void {
      window = afterAcknowledging(window, offset);
      schedule();
    },
    stop(): void {
      stopListening();
      cancelPump?.();
    },
  };
}

function cancellable<Handle>(handle: Handle, clear: (handle: Handle) => void): () => void {
  return () => clear(handle);
}
