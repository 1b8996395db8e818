import { appendFileSync, statSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createConsoles, type ConsolesService } from '../../../electron/lab/consoles/consoles.ts';
import { openSerialPort, type SerialPort } from '../../support/serialPort.ts';
import { scratch } from '../../support/scratch.ts';

const ID = 'guest/minix/serial0';

function openConsoles(directory: string): ConsolesService {
  return createConsoles({ directory: `${directory}/consoles`, retentionBytes: () => 100_000_000, blobPath: (digest) => digest, log: () => undefined });
}

async function openPort(directory: string): Promise<SerialPort> {
  const port = await openSerialPort(directory);
  onTestFinished(() => port.close());
  return port;
}

const textOf = (consoles: ConsolesService): string => {
  const { first, end } = consoles.get(ID);
  let text = '';
  for (let at = first; at < end; ) {
    const { from, bytes } = consoles.read(ID, at, 1_000_000);
    expect(from).toBe(at);
    text += Buffer.from(bytes).toString();
    at += bytes.length;
  }
  return text;
};

/** Resolves when the console holds so many bytes. */
async function until(consoles: ConsolesService, end: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const look = (): void => (consoles.get(ID).end >= end ? resolve(undefined) : undefined);
  const viewer = consoles.view(ID, 0, {
    send() {
      viewer.acknowledge(end);
      look();
    },
    end: () => resolve(undefined),
  });
  look();
  await promise;
  viewer.close();
}

/** Ends a lab's service as `kill -9` would: what the port sends from now on goes to nobody. */
async function kill(consoles: ConsolesService, port: SerialPort): Promise<void> {
  const client = await port.client();
  const gone = new Promise((resolve) => client.on('close', resolve));
  await consoles.dispose();
  await gone;
}

describe('a console after the lab was killed', () => {
  test('has what the guest printed meanwhile, and goes on', async () => {
    const directory = scratch();
    const port = await openPort(directory);
    const first = openConsoles(directory);
    await first.attach(ID, port);
    await port.client();
    port.printNow('before\n');
    await until(first, 7);
    await kill(first, port);
    port.printNow('meanwhile\n');

    const second = openConsoles(directory);
    const handle = await second.attach(ID, port);
    expect(handle.start).toBe(0);
    expect(textOf(second)).toBe('before\nmeanwhile\n');
    await port.client();
    port.printNow('after\n');
    await until(second, 23);
    expect(textOf(second)).toBe('before\nmeanwhile\nafter\n');
    await second.dispose();
  });

  test('has each byte once when the guest prints while the next lab connects', async () => {
    const directory = scratch();
    const port = await openPort(directory);
    const first = openConsoles(directory);
    await first.attach(ID, port);
    await port.client();
    let printed = '';
    const print = (): void => {
      const line = `line ${printed.length}\n`;
      printed += line;
      port.printNow(line);
    };
    print();
    await until(first, printed.length);
    await kill(first, port);
    print();
    const second = openConsoles(directory);
    const attaching = second.attach(ID, port);
    for (let index = 0; index < 200; index += 1) {
      print();
      if (index % 10 === 0) await new Promise(setImmediate);
    }
    await attaching;
    await port.client();
    for (let index = 0; index < 200; index += 1) print();
    await until(second, printed.length);
    expect(textOf(second)).toBe(printed);
    await second.dispose();
  });

  test('has no byte twice that QEMU’s logfile holds twice', async () => {
    const directory = scratch();
    const port = await openPort(directory);
    const first = openConsoles(directory);
    await first.attach(ID, port);
    await port.print('one two three four five\n');
    appendFileSync(port.logfile, 'one two two three four five\n');
    await until(first, 24);
    await kill(first, port);
    port.printNow('six\n');
    const second = openConsoles(directory);
    await second.attach(ID, port);
    expect(textOf(second)).toBe('one two three four five\nsix\n');
    await second.dispose();
  });

  test('has the machine’s last words even when the machine is gone', async () => {
    const directory = scratch();
    const port = await openSerialPort(directory);
    const first = openConsoles(directory);
    await first.attach(ID, port);
    await port.client();
    port.printNow('running\n');
    await until(first, 8);
    await kill(first, port);
    port.printNow('panic: halted\n');
    await port.close();
    const second = openConsoles(directory);
    await expect(second.attach(ID, port)).rejects.toMatchObject({ code: expect.stringMatching(/ENOENT|ECONNREFUSED/) as string });
    expect(textOf(second)).toBe('running\npanic: halted\n');
    await second.dispose();
  });

  test('keeps QEMU’s logfile short while it has the bytes itself, and loses none by that', async () => {
    const directory = scratch();
    const port = await openPort(directory);
    const first = openConsoles(directory);
    await first.attach(ID, port);
    await port.client();
    let printed = '';
    for (let index = 0; index < 1_000; index += 1) {
      const line = `${index.toString().padStart(9, '0')} ${'.'.repeat(10_000)}\n`;
      printed += line;
      port.printNow(line);
      if (index % 20 === 0) await until(first, printed.length);
    }
    await until(first, printed.length);
    expect(statSync(port.logfile).size).toBeLessThan(5_000_000);
    await kill(first, port);
    port.printNow('meanwhile\n');
    const second = openConsoles(directory);
    const handle = await second.attach(ID, port);
    expect(handle.start).toBe(0);
    expect(textOf(second)).toBe(`${printed}meanwhile\n`);
    await second.dispose();
  });

  test('goes on at its end when the guest is started anew', async () => {
    const directory = scratch();
    const one = await openSerialPort(directory, 'one');
    const consoles = openConsoles(directory);
    const handle = await consoles.attach(ID, one);
    await one.client();
    one.printNow('first run\n');
    await one.close();
    await handle.closed;
    const two = await openSerialPort(directory, 'two');
    const next = await consoles.attach(ID, two);
    expect(next.start).toBe(10);
    await two.client();
    two.printNow('second run\n');
    await two.close();
    await next.closed;
    expect(textOf(consoles)).toBe('first run\nsecond run\n');
  });
});
