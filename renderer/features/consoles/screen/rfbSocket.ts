import type { ScreenChannel, ScreenListener } from '../../../transport/transport.ts';

/** What noVNC uses of a WebSocket. */
interface SocketOfNovnc {
  binaryType: string;
  readonly protocol: string;
  readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: Uint8Array }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface RfbSocket {
  /** For noVNC, which takes a WebSocket and uses only these parts of it. */
  readonly socket: WebSocket;
  /** Gives what came before there was a listener, and from then on everything as it comes. */
  begin(): void;
  close(): void;
}

const NORMAL = 1000;

/** Opens a channel to a screen and gives it the form of a WebSocket that is open. Rejects when the lab refuses. */
export async function openRfbSocket(open: (listener: ScreenListener) => Promise<ScreenChannel>): Promise<RfbSocket> {
  const early: Uint8Array[] = [];
  let begun = false;
  let lost: string | null = null;
  let channel: ScreenChannel | null = null;
  const socket: SocketOfNovnc = {
    binaryType: 'arraybuffer', protocol: '', readyState: WebSocket.OPEN, onopen: null, onmessage: null, onclose: null, onerror: null,
    send: (bytes) => channel?.send(bytes),
    close() {
      channel?.close();
      end('closed here');
    },
  };
  const end = (reason: string): void => {
    if (socket.readyState === WebSocket.CLOSED) return;
    socket.readyState = WebSocket.CLOSED;
    // As a WebSocket does: never in the middle of the call that closes it.
    queueMicrotask(() => socket.onclose?.({ code: NORMAL, reason }));
  };
  channel = await open({
    bytes: (bytes) => {
      if (begun) socket.onmessage?.({ data: bytes });
      else early.push(bytes);
    },
    closed: (reason) => {
      lost = reason;
      if (begun) end(reason);
    },
  });
  return {
    socket: socket as unknown as WebSocket,
    begin() {
      begun = true;
      for (const bytes of early.splice(0)) socket.onmessage?.({ data: bytes });
      if (lost !== null) end(lost);
    },
    close: () => socket.close(),
  };
}
