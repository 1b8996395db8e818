// Guests that print what no terminal likes: every byte is kept as it came, and the lab stays what it is.
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { connectToSocket, type Connection } from '../../../electron/client/labConnection.ts';
import { watchForLeaks, type LeakWatch } from '../../support/leaks.ts';
import { addKernel } from '../../support/measuringLab.ts';
import { openSerialPort } from '../../support/serialPort.ts';
import { writeStandInKernel } from '../../support/standInKernel.ts';
import { openTestLab, type TestLab } from '../../support/testLab.ts';

let lab: TestLab;
let connection: Connection;
let leaks: LeakWatch;
beforeEach(async () => {
  lab = await openTestLab();
  leaks = watchForLeaks([`${lab.directory}/run`]);
  connection = await connectToSocket(lab.socketPath, 'test', 'development');
  onTestFinished(() => connection.close());
});

/** Reads a console from its beginning through the lab's door until so many bytes came. */
async function readBytes(id: string, wanted: number, onBytes: (bytes: Uint8Array) => void): Promise<void> {
  let next = 0;
  const stream = await connection.openConsole(id, 0);
  for await (const { offset, bytes } of stream) {
    expect(offset).toBe(next);
    next = offset + bytes.length;
    onBytes(bytes);
    if (next >= wanted) break;
  }
}

/** Starts a guest with a kernel that prints for ever and answers the first bytes that a viewer gets. */
async function printed(kernel: 'endlessLine' | 'everyByte', wanted: number): Promise<{ id: string; bytes: Buffer }> {
  const id = await addKernel(connection.client, writeStandInKernel(lab.directory, kernel));
  await connection.client.guests.start({ id });
  const chunks: Uint8Array[] = [];
  await readBytes(`guest/${id}/serial0`, wanted, (bytes) => chunks.push(bytes));
  return { id, bytes: Buffer.concat(chunks).subarray(0, wanted) };
}

async function endGuest(id: string): Promise<void> {
  expect((await connection.client.guests.kill({ id })).runtime).toMatchObject({ state: 'stopped', end: { how: 'killed', failure: null } });
  leaks.check();
}

describe('a guest that', () => {
  test('prints escape sequences and invalid UTF-8 has every byte of it in its console, and can be searched', async () => {
    const { id, bytes } = await printed('everyByte', 200_000);
    // The kernel counts BL up from what the loader left there.
    const first = bytes[0] ?? 0;
    expect(bytes.equals(Buffer.from(Array.from({ length: bytes.length }, (_, at) => (first + at) % 256)))).toBe(true);
    await endGuest(id);
    const { matches } = await connection.client.consoles.search({ id: `guest/${id}/serial0`, pattern: 'ABCDEFG', kind: 'text', limit: 5 });
    expect(matches).toHaveLength(5);
    for (const { line } of matches) expect(line).toContain('ABCDEFG');
  });

  test('never ends a line is read, searched and ended like any other', async () => {
    const { id, bytes } = await printed('endlessLine', 300_000);
    expect(bytes.equals(Buffer.alloc(300_000, 'a'))).toBe(true);
    await endGuest(id);
    const { matches } = await connection.client.consoles.search({ id: `guest/${id}/serial0`, pattern: 'aaa', kind: 'text', limit: 5 });
    expect(matches.length).toBeGreaterThan(0);
    expect(matches[0]?.line.length).toBeLessThan(bytes.length);
  });
});

test('50 MB from a serial port reach a viewer whole and in order, and are all kept', async () => {
  const port = await openSerialPort(lab.directory, 'flood.sock');
  const handle = await lab.lab.consoles.attach('guest/flood/serial0', { socketPath: port.socketPath });
  const [sent, received] = [createHash('sha256'), createHash('sha256')];
  const blocks = 100;
  const blockBytes = 500_000;
  const reading = readBytes('guest/flood/serial0', blocks * blockBytes, (bytes) => received.update(bytes));
  for (let block = 0; block < blocks; block += 1) {
    const bytes = Buffer.alloc(blockBytes, `block ${block} of a very long log\r\n`);
    sent.update(bytes);
    await port.print(bytes);
  }
  await reading;
  expect(received.digest('hex')).toBe(sent.digest('hex'));
  expect(lab.lab.consoles.get('guest/flood/serial0')).toMatchObject({ first: 0, end: blocks * blockBytes });
  await port.close();
  await handle.closed;
  leaks.check();
});

test('50 MB from a real guest are read to the last byte', { timeout: 900_000 }, async ({ skip }) => {
  skip(process.env['PETRI_LONG'] === undefined, 'takes minutes, since an emulated UART gives some 0.4 MB/s; npm run test:long runs it');
  const { definition } = await connection.client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const id = definition.id;
  await connection.client.guests.update({ id, change: { accelerator: 'tcg' } });
  await connection.client.guests.start({ id });
  const console = `guest/${id}/serial0`;
  await connection.client.consoles.write({ id: console, base64: Buffer.from('flood 50000000\r').toString('base64') });
  let tail = '';
  let bytes = 0;
  for await (const frame of await connection.openConsole(console, 0)) {
    bytes += frame.bytes.length;
    tail = (tail + Buffer.from(frame.bytes).toString('latin1')).slice(-200);
    if (/flood bytes=50000000[\s\S]*petri# $/.test(tail)) break;
  }
  expect(bytes).toBeGreaterThan(50_000_000);
  await endGuest(id);
});
