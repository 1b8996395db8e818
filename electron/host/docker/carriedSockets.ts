import { Duplex, Transform } from 'node:stream';
import { beginFrames, readFrames } from '../../core/containers/frames.ts';
import type { MachineSockets } from '../../core/guests/machine.ts';
import { carrySocket, type CarriedSocket } from './carriedSocket.ts';
import type { DockerEngine } from './engine.ts';
import { execStream } from './execStream.ts';

/**
 * A connection to a socket inside a container: `docker exec -i CONTAINER socat - UNIX-CONNECT:PATH`. QEMU may only just
 * be opening it, so socat tries for five seconds.
 */
async function openInside(engine: DockerEngine, container: string, path: string): Promise<Duplex> {
  const { stream } = await execStream(engine, container, ['socat', '-', `UNIX-CONNECT:${path},retry=100,interval=0.05`], false);
  // Without a terminal the engine frames standard output and error: only the first is the socket's.
  let state = beginFrames;
  const bytes = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const read = readFrames(state, chunk);
      state = read.state;
      done(null, Buffer.concat(read.pieces.flatMap((piece) => (piece.from === 'output' ? [piece.bytes] : []))));
    },
  });
  stream.pipe(bytes);
  stream.on('close', () => bytes.end()).on('error', () => bytes.destroy());
  const both = Duplex.from({ readable: bytes, writable: stream });
  both.on('close', () => stream.destroy());
  return both;
}

/** The sockets of a machine whose engine does not share them: each is carried from the same path here to the one inside. */
export async function carryMachineSockets(engine: DockerEngine, container: string, { qmp, serial, vnc, monitor }: MachineSockets): Promise<{ close(): Promise<void> }> {
  const paths = [qmp, ...serial, vnc, monitor].filter((path) => path !== null);
  const carried: CarriedSocket[] = [];
  for (const path of paths) carried.push(await carrySocket(path, () => openInside(engine, container, path)));
  return {
    close: async () => {
      await Promise.all(carried.map((socket) => socket.close()));
    },
  };
}
