import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sendMemory } from '../../../electron/host/snapshots/memoryStream.ts';
import { digestOfFile } from '../../../electron/host/storage/blobs.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';

const BYTES = 5 * 1_048_576;
let place: LabPlace;
let file: string;
let socketPath: string;
let server: Server;
beforeEach(() => {
  place = makeLabPlace();
  file = join(place.path, 'saved');
  socketPath = join(place.path, 'memory');
  writeFileSync(file, randomBytes(BYTES));
});
afterEach(async () => {
  server.close();
  await place.close();
});

/** Stands for a QEMU that closes its end when it has so many bytes. */
function takeBytes(wanted: number): Promise<void> {
  return new Promise((resolve) => {
    server = createServer((socket: Socket) => {
      let taken = 0;
      socket.on('error', () => undefined);
      socket.on('data', (piece: Buffer) => {
        taken += piece.length;
        if (taken >= wanted) socket.destroy();
      });
    }).listen(socketPath, resolve);
  });
}

describe('memory that is sent to a machine', () => {
  test.each([
    ['with its last byte', BYTES],
    ['before, because it needs no more', 1_048_576],
    ['at its first', 1],
  ])('has the digest of its whole file when the machine hangs up %s', async (_when, wanted) => {
    await takeBytes(wanted);
    expect(await sendMemory(file, socketPath, new AbortController().signal)).toEqual({ bytes: BYTES, digest: await digestOfFile(file) });
  });
  test('is not sent to its end when that is called off', async () => {
    const over = new AbortController();
    server = createServer(() => over.abort(new Error('QEMU ended')));
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    await expect(sendMemory(file, socketPath, over.signal)).rejects.toThrow();
  });
});
