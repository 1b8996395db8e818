import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** A stand-in for QEMU's end of a serial port: a Unix socket that takes one client at a time and prints what it is told. */
export interface SerialPort {
  readonly socketPath: string;
  /** The client that is attached now, as soon as there is one. */
  client(): Promise<Socket>;
  /** Prints with backpressure, as QEMU does; resolves when the kernel took all. */
  print(bytes: Uint8Array | string): Promise<void>;
  close(): Promise<void>;
}

export async function openSerialPort(directory: string, name = 'serial0.sock'): Promise<SerialPort> {
  const socketPath = join(directory, name);
  const server = createServer();
  let current: Socket | null = null;
  server.on('connection', (socket) => {
    current = socket;
    // The lab under test may be killed.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (current === socket) current = null;
    });
  });
  server.listen(socketPath);
  await once(server, 'listening');

  const client = async (): Promise<Socket> => {
    if (current === null) await once(server, 'connection');
    return current ?? client();
  };
  return {
    socketPath,
    client,
    async print(bytes) {
      const socket = await client();
      if (!socket.write(bytes)) await once(socket, 'drain');
    },
    async close() {
      current?.end();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
