import { constants, closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { once } from 'node:events';
import { runProcess } from '../process/runProcess.ts';

const MKFIFO_LIMIT_MS = 10_000;

/** QEMU's pipes on Windows are of another kind. */
export const hasSerialPipes = process.platform !== 'win32';

/**
 * A serial port through two FIFOs, `PATH.in` and `PATH.out`, which is offered as a Unix socket at `path`. QEMU writes one byte at a time. A
 * socket takes some 280 of them before its reader has to come, since Linux counts 768 bytes for each, and then the guest waits and polls,
 * how long depends on the host. Linux's driver (wait_for_xmitr in drivers/tty/serial/8250) soon gives up and overwrites the byte that waits:
 * on a busy host bytes of its first lines are lost. A FIFO puts them together and takes 65,536, so a host's pause is not seen by the guest.
 */
async function offerSerialPipe(path: string): Promise<AsyncDisposable> {
  const [into, out] = [`${path}.in`, `${path}.out`];
  await runProcess('mkfifo', ['-m', '600', into, out], { timeLimitMs: MKFIFO_LIMIT_MS });
  // Both ends are held open, as QEMU does itself: otherwise opening would wait for it.
  const read = new Socket({ fd: openSync(out, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
  const holder = openSync(into, constants.O_RDWR | constants.O_NONBLOCK);
  const write = new Socket({ fd: openSync(into, constants.O_WRONLY | constants.O_NONBLOCK), readable: false, writable: true });
  read.pause();
  // QEMU that is gone has no reader any more: what is typed then is lost, as on a cable that was pulled.
  read.on('error', () => undefined);
  write.on('error', () => undefined);
  const server = createServer((client) => {
    client.on('error', () => undefined);
    read.pipe(client);
    client.pipe(write, { end: false });
  });
  server.maxConnections = 1;
  server.listen(path);
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      read.destroy();
      write.destroy();
      closeSync(holder);
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([into, out, path].map((file) => rm(file, { force: true })));
    },
  };
}

/** The same for several ports. */
export async function offerSerialPipes(paths: readonly string[]): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  try {
    for (const path of paths) stack.use(await offerSerialPipe(path));
    return stack;
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
