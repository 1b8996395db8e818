import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { LabClient } from '../../electron/contract/contract.ts';
import { DeclaredError, failure as failureSchema } from '../../electron/contract/errors.ts';
import { encodeAcknowledgement, frameOf } from './frames.ts';
import type { ConsoleChannel, ConsoleListener, RpcChannel, ScreenChannel, ScreenListener, Transport } from './transport.ts';

function reasonOf(event: CloseEvent): string {
  return event.reason === '' ? `the line closed (code ${event.code})` : event.reason;
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('close', (event) => reject(new Error(reasonOf(event))), { once: true });
  });
}

/**
 * Why a line was not opened: a browser hides the lab's answer to a WebSocket, but tells the answer to a plain request,
 * which is held to the same token, host and origin.
 */
async function refusalOf(page: URL, lost: unknown): Promise<unknown> {
  const response = await fetch(page).catch(() => null);
  if (response === null || response.ok) return lost;
  const declared = failureSchema.safeParse(await response.json().catch(() => null));
  return declared.success ? new DeclaredError(declared.data.code, declared.data.details) : lost;
}

/** Sends while the socket is open; what is said to one that is gone is lost with it. */
function sender(socket: WebSocket): (data: string | Uint8Array<ArrayBuffer>) => void {
  return (data) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  };
}

/** The lines of the lab's loopback door, on the page's own origin. */
export function webSocketTransport(origin: string, token: string | null): Transport {
  const address = (path: string, query: Record<string, string>): URL => {
    const url = new URL(path, origin);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.search = new URLSearchParams(token === null ? query : { ...query, token }).toString();
    return url;
  };

  async function openRpc(): Promise<RpcChannel> {
    const socket = new WebSocket(address('/rpc', {}));
    socket.binaryType = 'arraybuffer';
    const closed = new Promise<string>((resolve) => socket.addEventListener('close', (event) => resolve(reasonOf(event))));
    await opened(socket).catch(async (lost: unknown) => {
      throw await refusalOf(new URL(token === null ? '/' : `/?${new URLSearchParams({ token }).toString()}`, origin), lost);
    });
    const client: LabClient = createORPCClient(new RPCLink({ websocket: socket }));
    return { client, closed, close: () => socket.close(1000) };
  }

  async function openConsole(id: string, from: number, listener: ConsoleListener): Promise<ConsoleChannel> {
    const socket = new WebSocket(address('/console', { id, from: String(from) }));
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      const frame = frameOf(event.data);
      if (frame !== null) listener.bytes(frame.offset, frame.bytes);
    });
    await opened(socket);
    socket.addEventListener('close', (event) => listener.closed(reasonOf(event)));
    const send = sender(socket);
    return {
      send: (bytes) => send(new Uint8Array(bytes)),
      acknowledge: (offset) => send(encodeAcknowledgement(offset)),
      close: () => socket.close(1000),
    };
  }

  async function openScreen(guest: string, listener: ScreenListener): Promise<ScreenChannel> {
    const socket = new WebSocket(address('/screen', { guest }));
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) listener.bytes(new Uint8Array(data));
    });
    await opened(socket);
    socket.addEventListener('close', (event) => listener.closed(reasonOf(event)));
    const send = sender(socket);
    return { send: (bytes) => send(new Uint8Array(bytes)), close: () => socket.close(1000) };
  }

  return { shell: 'browser', openRpc, openConsole, openScreen };
}

const TOKEN_KEY = 'petri.token';

/** Moves the token from the page's address, where it would be seen and copied, to the session's storage. */
export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const url = new URL(location.href);
  const given = url.searchParams.get('token');
  if (given === null) return storage.getItem(TOKEN_KEY);
  storage.setItem(TOKEN_KEY, given);
  url.searchParams.delete('token');
  history.replaceState(history.state, '', url);
  return given;
}
