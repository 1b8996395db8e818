import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { WebSocket } from 'ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openChannel } from '../../../electron/client/channels.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { createScreens } from '../../../electron/lab/consoles/screens.ts';
import { startServer } from '../../../electron/server/startServer.ts';
import { hasProgram } from '../../support/qemuGuest.ts';
import { openTestLab } from '../../support/testLab.ts';

/** The bytes of a line in order, to be read in pieces. */
function readerOf(line: WebSocket) {
  let waiting = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  line.on('message', (data: Buffer) => {
    waiting = Buffer.concat([waiting, data]);
    wake();
  });
  return async (length: number): Promise<Buffer> => {
    while (waiting.length < length) await new Promise<void>((resolve) => (wake = resolve));
    const piece = waiting.subarray(0, length);
    waiting = waiting.subarray(length);
    return piece;
  };
}

/** Shakes hands as RFC 6143, 7.1–7.3 has it, shared, and answers the size of the screen. */
async function shakeHands(line: WebSocket): Promise<{ width: number; height: number }> {
  const read = readerOf(line);
  expect((await read(12)).toString()).toBe('RFB 003.008\n');
  line.send(Buffer.from('RFB 003.008\n'));
  const [count = 0] = await read(1);
  expect([...(await read(count))]).toContain(1);
  line.send(Buffer.from([1]));
  expect((await read(4)).readUInt32BE()).toBe(0);
  line.send(Buffer.from([1]));
  const size = await read(4);
  return { width: size.readUInt16BE(0), height: size.readUInt16BE(2) };
}

describe.skipIf(!hasProgram('qemu-system-i386'))('the screen of a guest', () => {
  test('is a connection of its own for each viewer, which ends with the viewer, the guest or the lab', async () => {
    const { lab, socketPath } = await openTestLab();
    const client: LabClient = createRouterClient(lab.router);
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    const guest = definition.id;
    const refused = await openChannel(socketPath, `screen?guest=${guest}`);
    // A channel is read from the moment that somebody listens.
    refused.on('message', () => undefined);
    expect((await once(refused, 'close'))[0]).toBe(4409);
    await client.guests.update({ id: guest, change: { accelerator: 'tcg', display: 'std' } });
    await client.guests.start({ id: guest });
    const [one, two] = await Promise.all([1, 2].map(() => openChannel(socketPath, `screen?guest=${guest}`))) as [WebSocket, WebSocket];
    expect(await Promise.all([shakeHands(one), shakeHands(two)])).toEqual([{ width: expect.any(Number) as number, height: expect.any(Number) as number }, { width: expect.any(Number) as number, height: expect.any(Number) as number }]);
    const inQemu = async (): Promise<number> => (await client.consoles.command({ guest, line: 'qmp query-vnc' })).text.split('"websocket"').length - 1;
    expect([lab.screens.viewers(guest), await inQemu()]).toEqual([2, 2]);
    one.close();
    await once(one, 'close');
    await expect.poll(async () => [lab.screens.viewers(guest), await inQemu()]).toEqual([1, 1]);
    two.send('a text');
    expect((await once(two, 'close'))[0]).toBe(1003);
    const three = await openChannel(socketPath, `screen?guest=${guest}`);
    await shakeHands(three);
    const gone = once(three, 'close');
    await client.guests.kill({ id: guest });
    expect((await gone)[0]).toBe(1000);
    expect(lab.screens.viewers(guest)).toBe(0);
  });
});

test('a viewer that does not read stops its own source and nobody else’s, and gets all of it in the end', async () => {
  const { lab, directory } = await openTestLab();
  const path = join(directory, 'vnc');
  const sources: Socket[] = [];
  const source = createServer((socket) => sources.push(socket)).listen(path);
  await once(source, 'listening');
  onTestFinished(() => void source.close());
  const screens = createScreens({ machineOf: () => ({ vncSocket: path }) });
  onTestFinished(() => screens.dispose());
  const socketPath = join(directory, 'run', 'other.sock');
  const server = await startServer({ lab: { ...lab, screens }, socketPath, rendererDirectory: directory, report: () => 'reference' });
  onTestFinished(() => server.dispose());

  const lazy = await openChannel(socketPath, 'screen?guest=a');
  while (sources.length < 1) await once(source, 'connection');
  const [socket] = sources as [Socket];
  const flood = Buffer.alloc(64 * 1024, 'x');
  const TOTAL = 64;
  let written = 0;
  // Never more than the buffers of two sockets and what the line itself keeps.
  const stalled = new Promise<void>((resolve) => {
    const pour = (): void => {
      while (written < TOTAL && socket.write(flood)) written += 1;
      if (written < TOTAL) {
        written += 1;
        socket.once('drain', pour);
      }
    };
    pour();
    setTimeout(resolve, 300);
  });
  await stalled;
  expect(written).toBeLessThan(TOTAL);
  const quick = await openChannel(socketPath, 'screen?guest=a');
  while (sources.length < 2) await once(source, 'connection');
  const answered = once(quick, 'message');
  sources[1]?.write('RFB');
  expect(String((await answered)[0])).toBe('RFB');
  let received = 0;
  await new Promise<void>((resolve) => lazy.on('message', (data: Buffer) => (received += data.length) >= TOTAL * flood.length && resolve()));
  expect(received).toBe(TOTAL * flood.length);
  lazy.close();
  quick.close();
});
