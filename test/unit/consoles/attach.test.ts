import { describe, expect, onTestFinished, test } from 'vitest';
import { decodeFrame } from '../../../electron/contract/consoleFrame.ts';
import { UNACKNOWLEDGED_BYTES } from '../../../electron/contract/consoles.ts';
import { createConsoles, type ConsolesService } from '../../../electron/lab/consoles/consoles.ts';
import { openSerialPort, type SerialPort } from '../../support/serialPort.ts';
import { scratch } from '../../support/scratch.ts';

const ID = 'guest/minix/serial0';

function openConsoles(directory = scratch()): ConsolesService {
  const consoles = createConsoles({ directory: `${directory}/consoles`, retentionBytes: () => 100_000_000, blobPath: (digest) => `${directory}/${digest}`, log: () => undefined });
  onTestFinished(() => consoles.dispose());
  return consoles;
}

async function openPort(directory = scratch()): Promise<SerialPort> {
  const port = await openSerialPort(directory);
  onTestFinished(() => port.close());
  return port;
}

/** A viewer that keeps all it is sent and acknowledges it when told. */
function watch(consoles: ConsolesService, from = 0) {
  let received = Buffer.alloc(0);
  let next = from;
  let waiting: { bytes: number; resolve: () => void } | null = null;
  const viewer = consoles.view(ID, from, {
    send(frame) {
      const { offset, bytes } = decodeFrame(frame) ?? { offset: -1, bytes: new Uint8Array() };
      expect(offset).toBe(next);
      next = offset + bytes.length;
      received = Buffer.concat([received, bytes]);
      if (waiting !== null && received.length >= waiting.bytes) waiting.resolve();
    },
    end: () => undefined,
  });
  return {
    viewer,
    acknowledge: () => viewer.acknowledge(next),
    get received() {
      return received;
    },
    until(bytes: number): Promise<void> {
      return new Promise((resolve) => {
        waiting = { bytes, resolve };
        if (received.length >= bytes) resolve();
      });
    },
  };
}

describe('an attached console', () => {
  test('keeps every byte whether or not somebody looks', async () => {
    const [consoles, port] = [openConsoles(), await openPort()];
    const handle = await consoles.attach(ID, { socketPath: port.socketPath });
    await port.print('petri# ');
    await port.print(Uint8Array.of(0xff, 0xfe, 0x1b, 0x5b));
    await port.close();
    await handle.closed;
    expect(consoles.read(ID, 0, 100).bytes).toEqual(Buffer.concat([Buffer.from('petri# '), Uint8Array.of(0xff, 0xfe, 0x1b, 0x5b)]));
    expect(consoles.get(ID)).toEqual({ id: ID, first: 0, end: 11, writable: false });
  });

  test('tells its listener each chunk with the offset of its first byte', async () => {
    const [consoles, port] = [openConsoles(), await openPort()];
    const handle = await consoles.attach(ID, { socketPath: port.socketPath });
    let heard = '';
    handle.bytes((bytes, offset) => {
      expect(offset).toBe(heard.length);
      heard += Buffer.from(bytes).toString();
    });
    await port.print('one ');
    await port.print('two');
    await port.close();
    await handle.closed;
    expect(heard).toBe('one two');
  });

  test('types what several viewers write in order and whole', async () => {
    const [consoles, port] = [openConsoles(), await openPort()];
    await consoles.attach(ID, { socketPath: port.socketPath });
    const socket = await port.client();
    const typed = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes.toString();
        if (text.endsWith('!')) resolve(text);
      });
    });
    await Promise.all(['ps\n', 'help\n', 'halt\n!'].map((line) => consoles.write(ID, Buffer.from(line))));
    expect(await typed).toBe('ps\nhelp\nhalt\n!');
  });

  test('refuses input when no machine is attached, and more than it may hold when the guest does not read', async () => {
    const [consoles, port] = [openConsoles(), await openPort()];
    await expect(consoles.write(ID, Buffer.from('x'))).rejects.toMatchObject({ code: 'GUEST_BUSY' });
    await consoles.attach(ID, { socketPath: port.socketPath });
    (await port.client()).pause();
    const writes = Array.from({ length: 40 }, () => consoles.write(ID, Buffer.alloc(64 * 1024)).catch((error: unknown) => error));
    expect(await writes.at(-1)).toMatchObject({ code: 'GUEST_BUSY', details: { state: 'not reading its input' } });
    (await port.client()).destroy();
    await Promise.all(writes);
  });
});

describe('a viewer', () => {
  test('gets at most 512 KiB ahead of what it acknowledged, and all of it in the end', async () => {
    const [consoles, port] = [openConsoles(), await openPort()];
    const handle = await consoles.attach(ID, { socketPath: port.socketPath });
    const flood = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    const lazy = watch(consoles);
    await port.print(flood);
    await port.close();
    await handle.closed;
    await lazy.until(UNACKNOWLEDGED_BYTES);
    expect(lazy.received.length).toBe(UNACKNOWLEDGED_BYTES);
    for (let shown = UNACKNOWLEDGED_BYTES; shown < flood.length; shown += UNACKNOWLEDGED_BYTES) {
      lazy.acknowledge();
      await lazy.until(Math.min(flood.length, shown + UNACKNOWLEDGED_BYTES));
    }
    expect(lazy.received.equals(flood)).toBe(true);
  });

  test('replays from where it wants, beside others that stand elsewhere', async () => {
    const [consoles, port] = [openConsoles(), await openPort()];
    const handle = await consoles.attach(ID, { socketPath: port.socketPath });
    await port.print('0123456789');
    await port.close();
    await handle.closed;
    const [first, second] = [watch(consoles, 0), watch(consoles, 7)];
    await Promise.all([first.until(10), second.until(3)]);
    expect(second.received.toString()).toBe('789');
  });

  test('finds nothing under an unknown name', () => {
    expect(() => openConsoles().view('guest/none/serial0', 0, { send: () => undefined, end: () => undefined })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
