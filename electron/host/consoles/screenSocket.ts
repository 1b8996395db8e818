import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';

/** A viewer's own connection to QEMU's VNC server: the bytes of RFB both ways, with the back-pressure of the socket. */
export type ScreenSocket = Duplex;

/** Connects to the Unix socket on which QEMU serves a screen. Rejects with Node's error, such as ENOENT. */
export async function connectScreenSocket(path: string): Promise<ScreenSocket> {
  const socket = createConnection({ path });
  await once(socket, 'connect');
  // A reset by a QEMU that was killed: 'close' follows and says all there is to say.
  socket.on('error', () => undefined);
  return socket;
}
