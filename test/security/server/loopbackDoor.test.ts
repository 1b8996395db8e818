import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { createRouterClient } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { CONTRACT_VERSION } from '../../../electron/contract/version.ts';
import { scratch } from '../../support/scratch.ts';
import { openSerialPort } from '../../support/serialPort.ts';
import { openTestLab } from '../../support/testLab.ts';
import { ask, closeCode, codeOf, send, sendFlood, type Answer } from './request.ts';

/** A lab that listens on loopback, with a page and a secret beside it. */
async function openDoor() {
  const directory = scratch();
  const page = join(directory, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Petri</title>');
  writeFileSync(join(page, 'assets', 'app-1a2b.js'), 'export {};');
  writeFileSync(join(directory, 'secret.txt'), 'secret');
  symlinkSync(join(directory, 'secret.txt'), join(page, 'link.txt'));
  const lab = await openTestLab(page);
  const { port, token, url } = await lab.server.listen(0);
  const origin = `http://127.0.0.1:${port}`;
  return { ...lab, port, token, url, origin, lines: `ws://127.0.0.1:${port}`, own: { host: `127.0.0.1:${port}`, origin } };
}

function expectRefusal(answer: WebSocket | Answer, status: number, code: string): void {
  if (answer instanceof WebSocket) throw new Error('it was let in');
  expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status, code });
}

describe('the loopback door', () => {
  test('is closed until it is asked for, and closes again', async () => {
    const { port, server } = await openDoor();
    await server.stopListening();
    await expect(send(port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.stopListening();
  });

  test('answers with the open door when it is asked again, and has a new token after it was closed', async () => {
    const { server, port, token } = await openDoor();
    expect(await server.listen(0)).toMatchObject({ port, token });
    await server.stopListening();
    expect((await server.listen(0)).token).not.toBe(token);
  });

  test('says who holds a port that is taken', async () => {
    const [one, two] = [await openDoor(), await openTestLab()];
    await expect(two.server.listen(one.port)).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      details: { address: '127.0.0.1', port: one.port, owner: process.platform === 'linux' ? (expect.stringContaining(String(process.pid)) as string) : null },
    });
  });

  test('refuses a line without the token, or with another one', async () => {
    const { lines, own, token } = await openDoor();
    expectRefusal(await ask(`${lines}/rpc`, own), 401, 'TOKEN_REFUSED');
    expectRefusal(await ask(`${lines}/console?id=guest/a/serial0`, own), 401, 'TOKEN_REFUSED');
    expectRefusal(await ask(`${lines}/screen?guest=a`, own), 401, 'TOKEN_REFUSED');
    for (const wrong of ['', 'x', `${token}x`, token.slice(0, -1), token.toUpperCase()]) {
      expectRefusal(await ask(`${lines}/rpc?token=${wrong}`, own), 401, 'TOKEN_REFUSED');
    }
  });

  test('refuses every name but its own: a rebound name does not reach it', async () => {
    const { lines, own, token, port } = await openDoor();
    for (const host of ['evil.example', `evil.example:${port}`, `localhost:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `127.0.0.1:${port}.evil.example`]) {
      expectRefusal(await ask(`${lines}/rpc?token=${token}`, { ...own, host }), 403, 'HOST_REFUSED');
      expectRefusal(await ask(`${lines}/screen?guest=a&token=${token}`, { ...own, host }), 403, 'HOST_REFUSED');
      expect(codeOf(await send(port, `/?token=${token}`, { host }))).toBe('HOST_REFUSED');
    }
  });

  test('refuses every page but its own', async () => {
    const { lines, own, token, port, origin } = await openDoor();
    for (const wrong of ['http://evil.example', 'null', `https://127.0.0.1:${port}`, `http://localhost:${port}`, `${origin}.evil.example`, 'http://127.0.0.1']) {
      expectRefusal(await ask(`${lines}/rpc?token=${token}`, { ...own, origin: wrong }), 403, 'ORIGIN_REFUSED');
      expectRefusal(await ask(`${lines}/screen?guest=a&token=${token}`, { ...own, origin: wrong }), 403, 'ORIGIN_REFUSED');
      expect(codeOf(await send(port, `/?token=${token}`, { origin: wrong }))).toBe('ORIGIN_REFUSED');
    }
  });

  test('lets its own page in', async () => {
    const { lines, own, token } = await openDoor();
    const line = await ask(`${lines}/rpc?token=${token}`, own);
    expect(line).toBeInstanceOf(WebSocket);
    (line as WebSocket).close();
  });

  test('gives the page to who has the token, and its files and reload by a cookie that opens no line', async () => {
    const { port, token, lines, own } = await openDoor();
    expect(codeOf(await send(port, '/'))).toBe('TOKEN_REFUSED');
    expect(codeOf(await send(port, '/?token=wrong'))).toBe('TOKEN_REFUSED');
    const page = await send(port, `/?token=${token}`);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('Petri') as string });
    const [cookie = ''] = page.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain(token);
    const carried = cookie.split(';')[0] ?? '';
    expect((await send(port, '/assets/app-1a2b.js', { cookie: carried })).status).toBe(200);
    expect((await send(port, '/guests/minix', { cookie: carried })).body).toContain('Petri');
    expect(codeOf(await send(port, '/', { cookie: `${carried}x` }))).toBe('TOKEN_REFUSED');
    expectRefusal(await ask(`${lines}/rpc`, { ...own, cookie: carried }), 401, 'TOKEN_REFUSED');
    const value = carried.slice(carried.indexOf('=') + 1);
    expectRefusal(await ask(`${lines}/rpc?token=${value}`, own), 401, 'TOKEN_REFUSED');
  });

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/%00/secret.txt',
    '/%E0%A4%A',
    '/link.txt',
    '/....//secret.txt',
    '/%252e%252e%252fsecret.txt',
  ])('keeps %s inside of the page’s files', async (path) => {
    const { port, token } = await openDoor();
    const answer = await send(port, `${path}?token=${token}`);
    expect([400, 404]).toContain(answer.status);
    expect(answer.body).not.toMatch(/^secret/);
  });

  test('takes no method but GET and HEAD', async () => {
    const { port, token } = await openDoor();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await send(port, `/?token=${token}`, {}, method)).status).toBe(404);
    expect(await send(port, `/?token=${token}`, {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  test('sends its security headers with every answer, refusals included', async () => {
    const { port, token } = await openDoor();
    for (const path of [`/?token=${token}`, '/', `/none.js?token=${token}`, `/..%2f?token=${token}`]) {
      const { headers } = await send(port, path);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).toMatch(/script-src 'self'(;|$)/);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY', 'cross-origin-resource-policy': 'same-origin' });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('answers a flood of requests with TOO_MANY_REQUESTS and goes on', async () => {
    const { port } = await openDoor();
    const answers = await sendFlood(port, 3_000);
    expect(answers).toContain('"code":"TOKEN_REFUSED"');
    expect(answers).toContain('HTTP/1.1 429');
    expect(answers).toContain('"limitPerSecond":200');
    expect((await send(port, '/')).status).toBeGreaterThan(400);
  });
});

describe('a line', () => {
  const frames: readonly (readonly [string, string | Buffer, number])[] = [
    ['text that is no JSON', '{', 1007],
    ['JSON that is no frame', '[1,2,3]', 1007],
    ['a call of another server', '{"i":"1","p":{"u":"http://evil.example/"}}', 1007],
    ['bytes', Buffer.from([1, 2, 3]), 1003],
    ['a frame of more than 64 MiB', JSON.stringify({ i: '1', p: { u: '/x', b: 'x'.repeat(68_000_000) } }), 1009],
  ];

  test.each(frames)('that sends %s is closed, and no other', async (_name, frame, code) => {
    const { lines, own, token } = await openDoor();
    const [bad, good] = (await Promise.all([ask(`${lines}/rpc?token=${token}`, own), ask(`${lines}/rpc?token=${token}`, own)])) as [WebSocket, WebSocket];
    const closed = closeCode(bad);
    bad.send(frame);
    expect(await closed).toBe(code);
    const answered = new Promise<string>((resolve) => good.on('message', (data: Buffer) => resolve(data.toString())));
    good.send(JSON.stringify({ i: '7', p: { u: '/settings/get', b: {} } }));
    expect(JSON.parse(await answered)).toMatchObject({ i: '7' });
    good.close();
  });

  test('to a console is closed when it acknowledges what is no number', async () => {
    const { lab, directory, lines, own, token } = await openDoor();
    const port = await openSerialPort(directory);
    const handle = await lab.consoles.attach('guest/a/serial0', port);
    const line = (await ask(`${lines}/console?id=guest/a/serial0&token=${token}`, own)) as WebSocket;
    const closed = closeCode(line);
    line.send('{"acknowledged":"all"}');
    expect(await closed).toBe(1007);
    await port.close();
    await handle.closed;
  });

  test('to a console that cannot be read is closed, and the lab goes on', async () => {
    const { lab, lines, own, token } = await openDoor();
    lab.consoles.openRecording('run/a/0/serial0', '0'.repeat(64));
    const line = (await ask(`${lines}/console?id=run/a/0/serial0&token=${token}`, own)) as WebSocket;
    expect(await closeCode(line)).toBe(1011);
  });

  test.each([
    ['id=../../etc/passwd', 400, 'INPUT_INVALID'],
    ['id=guest/..%2f..%2f/serial0', 400, 'INPUT_INVALID'],
    ['id=guest/a/serial0&from=-1', 400, 'INPUT_INVALID'],
    ['id=guest/a/serial0&from=x', 400, 'INPUT_INVALID'],
  ])('to a console is refused for %s', async (query, status, code) => {
    const { lines, own, token } = await openDoor();
    expectRefusal(await ask(`${lines}/console?${query}&token=${token}`, own), status, code);
  });

  test.each(['', 'guest=', 'guest=../x', 'guest=a%2f..%2fb', 'guest=A', 'id=a'])('to a screen is refused for %j', async (query) => {
    const { lines, own, token } = await openDoor();
    expectRefusal(await ask(`${lines}/screen?${query}&token=${token}`, own), 400, 'INPUT_INVALID');
  });

  test('to the screen of a guest that there is not, or that has none, is closed with the reason', async () => {
    const { lab, lines, own, token } = await openDoor();
    const line = (await ask(`${lines}/screen?guest=none&token=${token}`, own)) as WebSocket;
    expect(await closeCode(line)).toBe(4404);
    const client: LabClient = createRouterClient(lab.router);
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    const stopped = (await ask(`${lines}/screen?guest=${definition.id}&token=${token}`, own)) as WebSocket;
    expect(await closeCode(stopped)).toBe(4409);
  });

  test('to anything else is refused', async () => {
    const { lines, own, token } = await openDoor();
    expectRefusal(await ask(`${lines}/shell?token=${token}`, own), 404, 'NOT_FOUND');
  });

  test('that was told VERSION_MISMATCH gets nothing else until it says a fitting hello', async () => {
    const { lines, own, token } = await openDoor();
    const line = (await ask(`${lines}/rpc?token=${token}`, own)) as WebSocket;
    const call = (path: string, input: unknown): Promise<string> => {
      const answered = new Promise<string>((resolve) => line.once('message', (data: Buffer) => resolve(data.toString())));
      line.send(JSON.stringify({ i: path + String(Math.random()), p: { u: path, b: { json: input } } }));
      return answered;
    };
    expect(await call('/system/hello', { contract: 999, build: 'x', shell: 'test' })).toContain('VERSION_MISMATCH');
    expect(await call('/settings/get', undefined)).toContain('VERSION_MISMATCH');
    expect(await call('/system/hello', { contract: CONTRACT_VERSION, build: 'development', shell: 'test' })).toContain('"pid"');
    expect(await call('/settings/get', undefined)).toContain('"theme"');
    line.close();
  });
});
