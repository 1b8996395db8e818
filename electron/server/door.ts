import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { failureOf, refuseUpgrade } from './answers.ts';
import type { Lines } from './lines.ts';

export interface DoorOptions {
  readonly lines: Lines;
  /** Answers what is not a WebSocket. */
  readonly answer: RequestListener;
  /** Throws a declared error for a WebSocket that may not come in. */
  readonly check: (request: IncomingMessage) => void;
  readonly refusalHeaders?: Readonly<Record<string, string>>;
  readonly report: (error: unknown) => string;
}

/** An HTTP server that both doors use; it does not listen yet. */
export function createDoor({ lines, answer, check, refusalHeaders, report }: DoorOptions): Server {
  // Slow headers are a way to hold a server's sockets; a shell on the same machine sends them at once.
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16 * 1024 }, answer);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The peer may leave while it is being refused.
    socket.on('error', () => undefined);
    try {
      check(request);
      lines.accept(request, socket, head);
    } catch (error) {
      refuseUpgrade(socket, failureOf(error, report), refusalHeaders);
    }
  });
  return server;
}

/** How long a peer may take to answer the closing handshake; one that hangs must not keep the lab. */
const CLOSING_LIMIT_MS = 1_000;

/** Stops listening, ends every line and resolves when the last connection is gone. */
export async function closeDoor(server: Server, lines: Lines): Promise<void> {
  const closed = once(server, 'close');
  // Stopped before, with lines still open, or for the first time now: 'close' comes when the last connection ends.
  if (server.listening) server.close();
  else if ((await connectionsOf(server)) === 0) return;
  lines.close();
  server.closeIdleConnections();
  const limit = setTimeout(() => {
    lines.terminate();
    server.closeAllConnections();
  }, CLOSING_LIMIT_MS);
  await closed;
  clearTimeout(limit);
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}
