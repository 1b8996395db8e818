import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { LOOPBACK } from './freePort.ts';

/** Somebody who reads more slowly than the guest prints is cut off when so much waits for him. */
const WAITING_LIMIT_BYTES = 4 * 1024 * 1024;

export interface Visitor {
  /** Sends bytes to him; one who does not read them is cut off. */
  send(bytes: Uint8Array): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  readonly closed: Promise<void>;
  close(): void;
  /** The connection itself, for one that is only passed on. */
  readonly socket: Socket;
}

function visitor(socket: Socket): Visitor {
  socket.on('error', () => undefined); // The close that follows tells it.
  return {
    socket,
    send(bytes) {
      if (socket.writableLength > WAITING_LIMIT_BYTES) socket.destroy();
      else socket.write(bytes);
    },
    onBytes: (listener) => void socket.on('data', listener),
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
    close: () => socket.destroy(),
  };
}

/** Listens on a port of 127.0.0.1 until the answered function is called, which ends all its connections. Rejects when it cannot. */
export async function listenOnLoopback(port: number, welcome: (visitor: Visitor) => void): Promise<() => void> {
  const visitors = new Set<Visitor>();
  const server = createServer((socket) => {
    const arrived = visitor(socket);
    visitors.add(arrived);
    void arrived.closed.then(() => visitors.delete(arrived));
    welcome(arrived);
  });
  await once(server.listen({ host: LOOPBACK, port, exclusive: true }), 'listening');
  return () => {
    server.close();
    for (const { close } of visitors) close();
  };
}
