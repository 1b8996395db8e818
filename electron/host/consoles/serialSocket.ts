import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { BytePort } from '../../core/consoles/bytePort.ts';

/**
 * Connects to a Unix socket (a named pipe on Windows) on which QEMU listens: our end of its serial port. A write resolves late
 * when the guest does not read. Rejects with Node's error, such as ENOENT.
 */
export async function connectSerialSocket(path: string): Promise<BytePort> {
  const socket = createConnection({ path });
  const { promise: closed, resolve } = Promise.withResolvers<undefined>();
  await once(socket, 'connect');
  // A reset by a QEMU that was killed: 'close' follows and says all there is to say.
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(undefined));
  return {
    read: (listener) => void socket.on('data', listener),
    write: (bytes) =>
      new Promise((done, fail) => {
        if (socket.destroyed) fail(new Error('the serial socket is closed'));
        else socket.write(bytes, (error) => (error == null ? done() : fail(error)));
      }),
    closed,
    close: () => socket.destroy(),
  };
}
