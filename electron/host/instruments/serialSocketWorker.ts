import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { ringWriter } from './stampRing.ts';

/** What the worker needs to know. */
export interface SerialRelay {
  /** QEMU's serial port. */
  readonly from: string;
  /** Where the console connects instead. */
  readonly to: string;
  readonly stamps: SharedArrayBuffer;
}

/**
 * Stands between QEMU's serial port and the console and stamps each chunk with the monotonic clock as it is read. This
 * thread does nothing else, so it sleeps in the kernel until bytes come and is not held up by the lab's work. (Node has
 * no public way to read a socket with blocking calls.)
 */
async function relay({ from, to, stamps }: SerialRelay): Promise<void> {
  const write = ringWriter(stamps);
  const serial = createConnection({ path: from });
  await once(serial, 'connect');
  const server = createServer({ pauseOnConnect: true }).listen(to);
  await once(server, 'listening');
  parentPort?.postMessage('ready');
  const [console] = (await once(server, 'connection')) as [ReturnType<typeof createConnection>];
  server.close();
  let received = 0;
  serial.on('data', (bytes) => {
    const at = process.hrtime.bigint();
    received += bytes.length;
    write(received, Number(at));
    console.write(bytes);
  });
  serial.on('end', () => console.end());
  // Either side may be killed; the other one is then closed too.
  serial.on('error', () => console.destroy());
  console.on('error', () => serial.destroy());
  console.on('close', () => serial.destroy());
  console.on('data', (bytes) => serial.write(bytes));
  console.resume();
}

await relay(workerData as SerialRelay);
