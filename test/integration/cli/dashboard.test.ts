import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandLine } from '../../support/commandLine.ts';
import { readPrometheusText } from '../../support/prometheusText.ts';
import { freePort } from '../../support/sshServer.ts';

const petri = makeCommandLine();

beforeAll(async () => {
  await petri.run('launch', 'builtin-i386');
}, 60_000);
afterAll(() => petri.close(), 60_000);

it('once, for people and for programs', async () => {
  const text = await petri.run('dashboard', '--once');
  expect(text.exitCode).toBe(0);
  expect(text.out).toMatch(/^NAME +STATE +CPU.* EXITS\/s$/m);
  expect(text.out).toMatch(/^· EXITS\/s of Petri for i386: /m);
  expect(text.out).toMatch(/Petri for i386 +running +\d/);
  const json = JSON.parse((await petri.run('dashboard', '--once', '--json')).out) as { rows: { subject: string; point: { cpuPercent: number } }[] };
  expect(json.rows.map(({ subject }) => subject)).toEqual(['host', expect.stringMatching(/^petri-for-i386/)]);
  expect(json.rows[0]?.point.cpuPercent).toBeGreaterThanOrEqual(0);
}, 60_000);

it('into a file it writes a line of JSON each second until it is interrupted, and serves the numbers meanwhile', async () => {
  const port = await freePort();
  const started = petri.start('dashboard', '--json', '--prometheus', String(port));
  await started.until(/\n\{.*\n\{/s);
  expect(readPrometheusText(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).map(({ name }) => name)).toContain('petri_guest_cpu_seconds_total');
  started.interrupt();
  const { exitCode, out, error } = await started.finished;
  expect(exitCode).toBe(0);
  expect(error).toContain(`http://127.0.0.1:${port}/metrics`);
  for (const line of out.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('rows');
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
}, 60_000);

it('a port that is taken is said with its owner', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const { exitCode, error } = await petri.run('dashboard', '--prometheus', String(typeof address === 'object' ? address?.port : 0));
  server.close();
  expect(exitCode).not.toBe(0);
  expect(error).toMatch(new RegExp(`in use[^]*owner: ${process.pid} `));
  expect((await petri.run('dashboard', '--once', '--prometheus', '9000')).exitCode).toBe(2);
}, 60_000);

const [ENTER, LEAVE] = ['\u001b[?1049h', '\u001b[?25h\u001b[?1049l'];

it.each([['q', 'q'], ['Ctrl-C', '\u0003']])('in a terminal it is drawn over the screen until %s, which gives the terminal back', async (_, key) => {
  const shown = petri.inTerminal('dashboard');
  let text = '';
  const drawn = Promise.withResolvers<undefined>();
  shown.onData((part) => {
    text += part;
    if (/Petri for i386 +running +\d/.test(text)) drawn.resolve(undefined);
  });
  const ended = new Promise<number>((resolve) => shown.onExit(({ exitCode }) => resolve(exitCode)));
  await drawn.promise;
  shown.resize(60, 20);
  shown.write(key);
  expect(await ended).toBe(0);
  expect(text).toContain(ENTER);
  expect(text.trimEnd().endsWith(LEAVE)).toBe(true);
  expect(text).toContain('q ends it');
}, 60_000);
