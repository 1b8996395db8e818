import { isDefinedError, safe } from '@orpc/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { declaredError } from '../../../electron/client/failures.ts';
import { CONTRACT_VERSION } from '../../../electron/contract/version.ts';
import { openSerialPort } from '../../support/serialPort.ts';
import { openTestLab, type TestLab } from '../../support/testLab.ts';
import { openCountedLab } from './countedLab.ts';
import { transports, type Line } from './transports.ts';

const hello = { contract: CONTRACT_VERSION, build: 'development', shell: 'test' } as const;
const SERIAL = 'guest/minix/serial0';

describe.each(transports)('the contract over %s', (_name, open) => {
  async function connect(lab?: TestLab): Promise<Line & { lab: TestLab }> {
    const opened = lab ?? (await openTestLab());
    const line = await open(opened);
    onTestFinished(() => line.close());
    return { lab: opened, ...line };
  }

  test('says hello with the contract’s version and the data directory', async () => {
    const { lab, client } = await connect();
    const answer = await client.system.hello(hello);
    expect(answer).toMatchObject({ contract: CONTRACT_VERSION, build: 'development', pid: process.pid, adopted: [] });
    expect(answer.dataDirectory).toBe(`${lab.directory}/data`);
  });

  test('answers a shell of another version with VERSION_MISMATCH and both versions', async () => {
    const { client } = await connect();
    const [error] = await safe(client.system.hello({ ...hello, contract: CONTRACT_VERSION + 1 }));
    expect(declaredError(error)).toMatchObject({
      code: 'VERSION_MISMATCH',
      details: { labContract: CONTRACT_VERSION, shellContract: CONTRACT_VERSION + 1, labBuild: 'development', shellBuild: 'development' },
    });
  });

  test('carries declared errors with their code and typed details', async () => {
    const { client } = await connect();
    const [error] = await safe(client.consoles.get({ id: 'guest/none/serial0' }));
    expect(isDefinedError(error)).toBe(true);
    expect(declaredError(error)?.failure).toEqual({ code: 'NOT_FOUND', details: { noun: 'console', id: 'guest/none/serial0' } });
  });

  test('answers input that does not fit with INPUT_INVALID, names the field and changes nothing', async () => {
    const { client } = await connect();
    const before = await client.settings.get();
    const [error] = await safe(client.settings.update({ measurementRuns: -1, theme: 'dark' }));
    expect(declaredError(error)?.failure).toMatchObject({ code: 'INPUT_INVALID', details: { issues: [{ path: 'measurementRuns' }] } });
    expect(await client.settings.get()).toEqual(before);
  });

  test('streams a snapshot and then each change to every subscriber', async () => {
    const { lab, client } = await connect();
    const other = await connect(lab);
    const streams = await Promise.all([client.settings.watch(), other.client.settings.watch()]);
    for (const stream of streams) expect((await stream.next()).value).toMatchObject({ theme: 'system' });
    await client.settings.update({ theme: 'dark' });
    for (const stream of streams) expect((await stream.next()).value).toMatchObject({ theme: 'dark' });
    for (const stream of streams) await stream.return();
  });

  test('ends the lab’s side of a stream when its reader stops, aborts or leaves', async () => {
    const { lab, subscribers, until } = await openCountedLab();
    const { client, close } = await connect(lab);

    const stopped = await client.settings.watch();
    await stopped.next();
    expect(subscribers()).toBe(1);
    await stopped.return();
    await until(0);

    const leaving = new AbortController();
    const aborted = await client.settings.watch(undefined, { signal: leaving.signal });
    await aborted.next();
    expect(subscribers()).toBe(1);
    leaving.abort();
    await until(0);

    for (const stream of await Promise.all([1, 2, 3].map(() => client.settings.watch()))) await stream.next();
    expect(subscribers()).toBe(3);
    await close();
    await until(0);
  });

  test('reads, searches and types into a console', async () => {
    const { lab, client } = await connect();
    const port = await openSerialPort(lab.directory);
    const handle = await lab.lab.consoles.attach(SERIAL, port);
    await client.consoles.write({ id: SERIAL, base64: Buffer.from('help\n').toString('base64') });
    const socket = await port.client();
    expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toBe('help\n');
    await port.print('MINIX 3.4.0\nlogin: ');
    await port.close();
    await handle.closed;
    const read = await client.consoles.read({ id: SERIAL, from: 6, bytes: 5 });
    expect(Buffer.from(read.base64, 'base64').toString()).toBe('3.4.0');
    const found = await client.consoles.search({ id: SERIAL, pattern: 'login', kind: 'text', limit: 5 });
    expect(found).toMatchObject({ matches: [{ offset: 12, line: 'login: ' }], complete: true });
    expect(await client.consoles.list()).toEqual([{ id: SERIAL, first: 0, end: 19, writable: false }]);
  });
});
