import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import type { Qmp } from '../../../electron/core/guests/machine.ts';
import { connectSocket, openQmp } from '../../../electron/host/qemu/qmp.ts';
import { declared } from '../../support/declared.ts';
import { scratch } from '../../support/scratch.ts';

const GREETING = '{"QMP": {"version": {"qemu": {"major": 7}}, "capabilities": []}}\r\n';

interface Call {
  readonly execute: string;
  readonly id: number;
  readonly arguments?: unknown;
}

/** A monitor that is played by the test: `answer` gets every command and may write what it likes. */
async function monitor(answer: (call: Call, socket: Socket) => void, greeting = GREETING): Promise<{ path: string; server: Server; calls: Call[] }> {
  const path = join(scratch(), 'qmp');
  const calls: Call[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(greeting);
    const lines = createInterface({ input: socket });
    // It repeats the errors of the socket, which is closed under it in some tests.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const call = JSON.parse(line) as Call;
      calls.push(call);
      if (call.execute === 'qmp_capabilities') socket.write(`{"return": {}, "id": ${call.id}}\n`);
      else answer(call, socket);
    });
  }).listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { path, server, calls };
}

async function connect(path: string, timeoutMs?: number): Promise<Qmp> {
  const qmp = await openQmp(await connectSocket(path), timeoutMs);
  onTestFinished(() => qmp.close());
  return qmp;
}

test('negotiates first, then each answer finds its own call, in whatever order', async () => {
  const waiting: Call[] = [];
  const { path, calls } = await monitor((call, socket) => {
    waiting.push(call);
    if (waiting.length < 2) return;
    for (const { id, execute } of waiting.toReversed()) socket.write(`${JSON.stringify({ return: execute, id })}\n`);
  });
  const qmp = await connect(path);
  expect(await Promise.all([qmp.execute('first', { a: 1 }), qmp.execute('second')])).toEqual(['first', 'second']);
  expect(calls.map(({ execute }) => execute)).toEqual(['qmp_capabilities', 'first', 'second']);
  expect(calls[1]?.arguments).toEqual({ a: 1 });
  expect(calls[2]).not.toHaveProperty('arguments');
});

test('an answer may come in pieces, and several in one piece', async () => {
  const { path } = await monitor(({ id }, socket) => {
    socket.write('{"timestamp": {}, "event": "RES');
    setImmediate(() => socket.write(`ET", "data": {"guest": true}}\n{"return": 7, "id": ${id}}\n`));
  });
  const qmp = await connect(path);
  const events: unknown[] = [];
  const stop = qmp.onEvent((event) => events.push(event));
  expect(await qmp.execute('anything')).toBe(7);
  stop();
  await qmp.execute('anything');
  expect(events).toEqual([{ name: 'RESET', data: { guest: true } }]);
});

test('an error of QEMU is QMP_FAILED with its own words', async () => {
  const { path } = await monitor(({ id }, socket) => socket.write(`{"id": ${id}, "error": {"class": "CommandNotFound", "desc": "no such thing"}}\n`));
  const qmp = await connect(path);
  const { details, evidence } = await declared('QMP_FAILED', () => qmp.execute('nope'));
  expect(details).toEqual({ command: 'nope', reason: 'CommandNotFound: no such thing', timeoutMs: null });
  expect(evidence).toEqual(['CommandNotFound: no such thing']);
});

test('a command that nobody answers fails at its limit, and a late answer is dropped', async () => {
  const { path } = await monitor(({ id, execute }, socket) => {
    if (execute === 'slow') setTimeout(() => socket.write(`{"return": "late", "id": ${id}}\n`), 50);
    else socket.write(`{"return": "quick", "id": ${id}}\n`);
  });
  const qmp = await connect(path);
  const { details } = await declared('QMP_FAILED', () => qmp.execute('slow', undefined, 5));
  expect(details).toEqual({ command: 'slow', reason: 'no answer', timeoutMs: 5 });
  expect(await qmp.execute('next')).toBe('quick');
});

test('when the socket ends, every pending call fails and later ones fail at once', async () => {
  const { path } = await monitor((_call, socket) => socket.destroy());
  const qmp = await connect(path);
  const first = declared('QMP_FAILED', () => qmp.execute('first'));
  const second = declared('QMP_FAILED', () => qmp.execute('second'));
  expect([(await first).details.command, (await second).details.command]).toEqual(['first', 'second']);
  await qmp.closed;
  await declared('QMP_FAILED', () => qmp.execute('third'));
});

test.each([
  ['garbage', 'Welcome to nothing\n'],
  ['JSON that is no message', '[1, 2]\n'],
  ['an error page', '<html>\n'],
])('%s instead of a greeting is refused', async (_name, greeting) => {
  const { path } = await monitor(() => undefined, greeting);
  const { details } = await declared('QMP_FAILED', () => connect(path));
  expect(details.command).toBe('connect');
  expect(details.reason).toContain('not a QMP message');
});

test('a line without an end does not fill the memory', async () => {
  const { path } = await monitor(() => undefined, 'x'.repeat(5 * 1024 * 1024));
  const { details } = await declared('QMP_FAILED', () => connect(path));
  expect(details.reason).toContain('not a QMP message');
});

test('a monitor that never greets is given up, and its socket is closed', async () => {
  const { path, server } = await monitor(() => undefined, '');
  const { details } = await declared('QMP_FAILED', () => connect(path, 10));
  expect(details).toEqual({ command: 'connect', reason: 'no greeting', timeoutMs: 10 });
  server.close();
  await once(server, 'close');
});

test('closing tells pending calls that it was the lab', async () => {
  const { path } = await monitor(() => undefined);
  const qmp = await connect(path);
  const call = declared('QMP_FAILED', () => qmp.execute('anything'));
  qmp.close();
  expect((await call).details.reason).toBe('the lab closed the monitor');
});
