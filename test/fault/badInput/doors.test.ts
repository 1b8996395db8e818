// What comes to the lab's doors and does not fit: each refusal with its evidence and its fix, and the lab goes on.
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { connectToSocket, type Connection } from '../../../electron/client/labConnection.ts';
import { failure, type ErrorCode } from '../../../electron/contract/errors.ts';
import { CONTRACT_VERSION } from '../../../electron/contract/version.ts';
import { ask, send } from '../../security/server/request.ts';
import { refusal, wordsOf } from '../../support/refusal.ts';
import { openTestLab, type TestLab } from '../../support/testLab.ts';

let lab: TestLab;
let connection: Connection;
beforeEach(async () => {
  lab = await openTestLab();
  connection = await connect();
});

async function connect(build = 'development'): Promise<Connection> {
  const opened = await connectToSocket(lab.socketPath, 'test', build);
  onTestFinished(() => opened.close());
  return opened;
}

/** The lab still answers, and nothing was changed. */
async function expectUnmoved(): Promise<void> {
  expect(await connection.client.guests.list()).toEqual([]);
  expect(await connection.client.tasks.list()).toEqual([]);
}

test('a port that is taken: who holds it, and that another can be chosen', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { evidence, fix, details } = await refusal('PORT_TAKEN', [lab.directory], () => connection.client.system.listen({ port }));
  expect(details).toMatchObject({ address: '127.0.0.1', port });
  if (process.platform === 'linux') expect(evidence[0]).toContain(String(process.pid));
  expect(fix).toContain('another port');
  expect((await connection.client.system.listen({ port: 0 })).port).not.toBe(port);
});

describe('the loopback door', () => {
  const wrong: readonly (readonly [string, ErrorCode, (port: number, token: string) => { query: string; headers: Record<string, string> }, RegExp, RegExp])[] = [
    ['no token', 'TOKEN_REFUSED', () => ({ query: '', headers: {} }), /no token/, /petri serve/],
    ['a wrong token', 'TOKEN_REFUSED', (_, token) => ({ query: `token=${token}x`, headers: {} }), /another token/, /petri serve/],
    ['a wrong Host', 'HOST_REFUSED', (port, token) => ({ query: `token=${token}`, headers: { host: `evil.example:${port}` } }), /evil\.example/, /exact address/],
    ['a wrong Origin', 'ORIGIN_REFUSED', (_, token) => ({ query: `token=${token}`, headers: { origin: 'http://evil.example' } }), /evil\.example/, /Close that page/],
  ];

  test.each(wrong)('says what is wrong with %s, to a page and to a line, and lets nothing in', async (_name, code, make, evidence, fix) => {
    const { port, token } = await connection.client.system.listen({ port: 0 });
    const { query, headers } = make(port, token);
    const own = { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` };
    const line = await ask(`ws://127.0.0.1:${port}/rpc?${query}`, { ...own, ...headers });
    if (line instanceof WebSocket) throw new Error('it was let in');
    for (const answer of [line, await send(port, `/?${query}`, headers)]) {
      const words = wordsOf(failure.parse(JSON.parse(answer.body)));
      expect(words.code).toBe(code);
      expect(words.evidence.join('\n')).toMatch(evidence);
      expect(words.fix).toMatch(fix);
    }
    await expectUnmoved();
  });
});

test.each<[string, (client: Connection['client']) => Promise<unknown>, RegExp]>([
  ['a field of another type', (client) => client.guests.start({ id: 7 as unknown as string }), /^id: /m],
  ['a missing field', (client) => client.guests.start({} as { id: string }), /^id: /m],
  ['a number out of its range', (client) => client.settings.update({ measurementRuns: 0 }), /^measurementRuns: /m],
  ['a value that is not on the list', (client) => client.system.shutdown({ guests: 'burn' as 'leave' }), /^guests: /m],
  ['nothing at all', (client) => (client.guests.start as (input?: unknown) => Promise<unknown>)(undefined), /^\(whole\): /m],
  ['a name with a newline', (client) => client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'two\nlines' }), /^name: /m],
  ['an id that leads out of a folder', (client) => client.consoles.read({ id: 'guest/../../etc/passwd', from: 0, bytes: 10 }), /^id: /m],
])('a message with %s is refused by its field, and nothing is changed', async (_name, call, field) => {
  const { evidence, fix } = await refusal('INPUT_INVALID', [lab.directory], () => call(connection.client));
  expect(evidence.join('\n')).toMatch(field);
  expect(fix).toContain('nothing was changed');
  await expectUnmoved();
});

test('a shell of another version: both versions, and how to go on', async () => {
  const line = await connectToSocket(lab.socketPath, 'test', 'development');
  onTestFinished(() => line.close());
  const { evidence, fix } = await refusal('VERSION_MISMATCH', [lab.directory], () => line.client.system.hello({ contract: 999, build: 'development', shell: 'test' }));
  expect(evidence).toEqual([expect.stringMatching(new RegExp(`^lab: contract ${CONTRACT_VERSION}, build`)), 'shell: contract 999, build development']);
  expect(fix).toContain('Restart the lab');
  await expectUnmoved();
});

test('a shell of another build of the same contract is told the same', async () => {
  const packaged = await openTestLab(undefined, 'build-1');
  const { evidence } = await refusal('VERSION_MISMATCH', [packaged.directory], () => connectToSocket(packaged.socketPath, 'test', 'build-2'));
  expect(evidence.join()).toMatch(/build-1.*build-2/);
});

test('a lab that is not there: where it was looked for', async () => {
  const { evidence, fix } = await refusal('LAB_UNREACHABLE', [lab.directory], () => connectToSocket(`${lab.directory}/no.sock`, 'test', 'development'));
  expect(evidence[0]).toContain('no.sock');
  expect(fix).toContain('starts the lab');
});
