import { createServer } from 'node:net';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DashboardRow } from '../../../electron/contract/history.ts';
import { freePort } from '../../support/sshServer.ts';
import { makeLabPlace, type DoorlessLab } from '../../support/labPlace.ts';
import { readPrometheusText } from '../../support/prometheusText.ts';
import { addGuest } from '../../support/measuringLab.ts';

const place = makeLabPlace();
let opened: DoorlessLab;
let guest: string;

/** Looks at the dashboard until a row is as it should be. */
async function rowThat(subject: string, fits: (row: DashboardRow, atMs: number) => boolean): Promise<DashboardRow> {
  for await (const { atMs, rows } of await opened.client.history.watch()) {
    const row = rows.find((one) => one.subject === subject);
    if (row !== undefined && fits(row, atMs)) return row;
  }
  throw new Error('the dashboard ended');
}

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], text }));
    });
    asking.on('error', reject).end();
  });
}

async function pidOf(id: string): Promise<number> {
  const { runtime } = await opened.client.guests.get({ id });
  if (runtime.state !== 'running' && runtime.state !== 'paused') throw new Error(runtime.state);
  return runtime.machine.pid;
}

beforeAll(async () => {
  opened = await place.open();
  guest = await addGuest(opened.client);
  await opened.client.guests.start({ id: guest });
}, 60_000);

afterAll(() => place.close(), 60_000);

it('the dashboard has the host and the guest that runs, second by second', async () => {
  const row = await rowThat(guest, ({ point }) => point !== null);
  expect(row).toMatchObject({ name: 'Petri for i386', state: 'running', staleSinceMs: null, point: { exits: null, networkSentBytes: null } });
  expect(row.unavailable).toContainEqual({ number: 'exits', reason: expect.stringMatching(/tcg|KVM/) as string });
  expect(row.point?.memoryBytes).toBeGreaterThan(5e6);
  const host = await rowThat('host', ({ point }) => point !== null);
  expect(host.point?.memoryBytes).toBeGreaterThan(row.point?.memoryBytes ?? Number.NaN);
  expect(host.point?.cpuPercent).toBeGreaterThan(0);
});

it('what is frozen is marked stale: a paused guest, and one whose QEMU does not answer', async () => {
  await opened.client.guests.pause({ id: guest });
  const paused = await rowThat(guest, ({ state }) => state === 'paused');
  expect(paused.staleSinceMs).toBe(paused.point?.atMs);
  await opened.client.guests.resume({ id: guest });
  await rowThat(guest, ({ state, staleSinceMs }) => state === 'running' && staleSinceMs === null);
  const pid = await pidOf(guest);
  process.kill(pid, 'SIGSTOP');
  try {
    // Longer than its monitor is waited for, so that giving up on one question is no news either.
    const stuck = await rowThat(guest, ({ staleSinceMs }, atMs) => staleSinceMs !== null && atMs - staleSinceMs > 5_000);
    expect(stuck).toMatchObject({ state: 'running', staleSinceMs: stuck.point?.atMs });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await rowThat(guest, ({ staleSinceMs }) => staleSinceMs === null);
}, 60_000);

it('the endpoint is silent until it is asked for, serves one text on one address, and is closed again', async () => {
  const { client } = opened;
  const port = await freePort();
  expect(await client.history.metricsEndpoint()).toEqual({ listening: false, port: null, address: null });
  expect(await client.history.listen({ port })).toEqual({ listening: true, port, address: `http://127.0.0.1:${port}/metrics` });
  const answer = await ask(port, '/metrics');
  expect(answer).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
  const samples = readPrometheusText(answer.text);
  expect(samples.find(({ name, labels }) => name === 'petri_guest_cpu_seconds_total' && labels['guest'] === guest)?.value).toBeGreaterThan(0);
  expect(samples.find(({ name }) => name === 'petri_host_used_memory_bytes')?.value).toBeGreaterThan(1e6);
  expect((await ask(port, '/metrics', { host: `localhost:${port}` })).status).toBe(200);
  for (const host of ['localhost', `localhost:${port + 1}`, `localhost.evil.example:${port}`, `evil.example:${port}`, '127.0.0.1']) expect((await ask(port, '/metrics', { host })).status, host).toBe(403);
  expect((await ask(port, '/')).status).toBe(404);
  expect((await ask(port, '/metrics', {}, 'POST')).status).toBe(405);
  expect(await client.history.silence()).toMatchObject({ listening: false });
  await expect(ask(port, '/metrics')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('a port that somebody else has is refused with its owner, and the endpoint stays as it was', async () => {
  const { client } = opened;
  const [own, other] = [await freePort(), createServer()];
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const address = other.address();
  const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
  try {
    await client.history.listen({ port: own });
    const refusal = await client.history.listen({ port: taken }).then(() => null, (error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'PORT_TAKEN', data: { port: taken, address: '127.0.0.1', owner: expect.stringContaining(String(process.pid)) as string } });
    expect(await client.history.metricsEndpoint()).toMatchObject({ listening: true, port: own });
    expect((await ask(own, '/metrics')).status).toBe(200);
  } finally {
    other.close();
    await client.history.silence();
  }
});

it('a stretch of the past goes up to now, and the next lab still has it, and closes the endpoint', async () => {
  // Ten minutes, as a page asks for them again after some seconds.
  const range = (lab: DoorlessLab, subject: string) => lab.client.history.range({ subject, fromMs: Date.now() - 605_000, toMs: Date.now() + 1_000, points: 700 });
  await rowThat(guest, ({ staleSinceMs }) => staleSinceMs === null);
  const before = await range(opened, guest);
  expect(before.stepSeconds).toBe(1);
  expect(before.points.length).toBeGreaterThan(0);
  const port = await freePort();
  await opened.client.history.listen({ port });
  await opened.lab.dispose();
  await expect(ask(port, '/metrics')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  opened = await place.open();
  const after = await range(opened, guest);
  expect(after.points.map(({ atMs }) => atMs)).toEqual(expect.arrayContaining(before.points.map(({ atMs }) => atMs)));
  expect((await range(opened, 'host')).points.length).toBeGreaterThan(2);
  expect((await rowThat(guest, ({ point }) => point !== null)).state).toBe('running');
}, 60_000);
