import { once } from 'node:events';
import { createConnection } from 'node:net';

/** Our end of QEMU's serial port. It is always read as fast as bytes come, so that it never stops the guest's UART. */
export interface SerialSocket {
  /** Begins to read; one listener takes all bytes. The buffer is the listener's to keep. */
  read(listener: (bytes: Uint8Array) => void): void;
  /** Resolves when the kernel took the bytes, which is late when the guest does not read; rejects when QEMU is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when QEMU or `close` ended the connection and every byte was read. */
  readonly closed: Promise<undefined>;
  close(): void;
}

/** Connects to a Unix socket (a named pipe on Windows) on which QEMU listens. Rejects with Node's error, such as ENOENT. */
export async function connectSerialSocket(path: string): Promise<SerialSocket> {
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
