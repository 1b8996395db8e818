import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/**
 * A stand-in for QEMU's end of a serial port: a Unix socket that takes one client at a time and prints what it is
 * told, and a logfile that gets everything a moment after the client, whether there is one or not.
 */
export interface SerialPort {
  readonly socketPath: string;
  readonly logfile: string;
  /** The client that is attached now, as soon as there is one. */
  client(): Promise<Socket>;
  /** Prints to the client that is there now, if any, and to the logfile. */
  printNow(bytes: Uint8Array | string): void;
  /** Prints with backpressure to a client, as QEMU does, and not to the logfile; resolves when the kernel took all. */
  print(bytes: Uint8Array | string): Promise<void>;
  close(): Promise<void>;
}

export async function openSerialPort(directory: string, name = 'serial0.sock'): Promise<SerialPort> {
  const socketPath = join(directory, name);
  const logfile = `${socketPath}.log`;
  writeFileSync(logfile, '');
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
    logfile,
    client,
    printNow(bytes) {
      current?.write(bytes);
      appendFileSync(logfile, bytes);
    },
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
