import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A Unix socket of this machine of which every connection is carried somewhere else. */
export interface CarriedSocket {
  readonly path: string;
  /** Ends its connections and removes it. */
  close(): Promise<void>;
}

/** Joins both directions; an end or a failure of either side ends both. */
export function joinStreams(one: Duplex, other: Duplex): void {
  const end = (): void => {
    one.destroy();
    other.destroy();
  };
  for (const stream of [one, other]) stream.on('error', end).on('close', end);
  one.pipe(other).pipe(one);
}

/** Listens on `path`; `open` makes the other end of each connection. Who cannot be connected is hung up on. */
export async function carrySocket(path: string, open: () => Promise<Duplex>): Promise<CarriedSocket> {
  const connections = new Set<Socket>();
  // Bytes wait in the kernel until the other end is there.
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket)).on('error', () => undefined);
    open().then(
      (far) => {
        joinStreams(socket, far);
        socket.resume();
      },
      () => socket.destroy(),
    );
  });
  await rm(path, { force: true });
  await once(server.listen(path), 'listening');
  return {
    path,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}
