import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncFile } from '../disks/layerFiles.ts';
import { connectWhenReady } from '../qemu/connectWhenReady.ts';

export interface SavedMemory {
  readonly bytes: number;
  readonly digest: string;
}

function hashing() {
  const hash = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { through, saved: (): SavedMemory => ({ bytes, digest: hash.digest('hex') }) };
}

/** A socket on which QEMU delivers its memory and devices, once. */
export interface MemoryReceiver {
  /** Resolves when QEMU has closed its end and the file is on the disk. */
  readonly saved: Promise<SavedMemory>;
  close(): void;
}

/** Listens on a Unix socket in a private directory, and writes what comes to a file. */
export async function receiveMemory(socketPath: string, file: string): Promise<MemoryReceiver> {
  await rm(socketPath, { force: true });
  const arrived = Promise.withResolvers<Socket>();
  const server = createServer((socket) => {
    // One machine, one delivery.
    server.close();
    arrived.resolve(socket);
  });
  let open: Socket | undefined;
  const close = (): void => {
    server.close();
    open?.destroy();
    arrived.reject(new Error('QEMU never delivered its memory'));
  };
  const receive = async (): Promise<SavedMemory> => {
    open = await arrived.promise;
    const { through, saved } = hashing();
    await pipeline(open, through, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    await syncFile(file);
    return saved();
  };
  const saved = receive();
  saved.catch(() => undefined); // Whoever waits for it is told; nobody has to when QEMU fails first.
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return { saved, close };
}

/** Resolves when the socket takes more, or never will. */
function readyForMore(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
}

/**
 * Sends a file to the socket that QEMU is about to open, and answers what the file has. QEMU closes its end as soon as it
 * has the last byte that it needs, which may be before ours is closed, so that is no failure: whether QEMU understood
 * what it got, it says on its monitor. The digest is always that of the whole file.
 */
export async function sendMemory(file: string, socketPath: string, signal: AbortSignal): Promise<SavedMemory> {
  const socket = await connectWhenReady(socketPath, signal);
  // An error is followed by the end of the socket, which is all that counts here.
  socket.on('error', () => undefined);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024, signal }) as AsyncIterable<Buffer>) {
      hash.update(piece);
      bytes += piece.length;
      if (socket.writable && !socket.write(piece) && !socket.destroyed) await readyForMore(socket);
    }
    socket.end();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { bytes, digest: hash.digest('hex') };
}
