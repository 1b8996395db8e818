import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Guest } from '../../../electron/contract/guests.ts';
import { processStartTime } from '../../../electron/host/process/processIdentity.ts';
import { consoleText } from '../../support/consoleText.ts';
import { startLabProcess } from '../../support/labProcess.ts';
import { makeLabPlace, type DoorlessLab, type LabPlace } from '../../support/labPlace.ts';

let place: LabPlace;
beforeEach(() => (place = makeLabPlace()));
afterEach(() => place.close());

function runningPid({ runtime }: Guest): number {
  if (!('machine' in runtime)) throw new Error(`the guest is ${runtime.state}`);
  return runtime.machine.pid;
}

async function boot({ client, lab }: DoorlessLab): Promise<Guest> {
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const guest = await client.guests.start({ id: definition.id });
  await consoleText(lab, definition.id, /^petri# /m);
  return guest;
}

test('a guest starts, and its console has everything from the first byte to the prompt', async () => {
  const opened = await place.open();
  const { definition, runtime } = await boot(opened);
  expect(runtime).toMatchObject({ state: 'running', machine: { accelerator: 'tcg', argv: expect.arrayContaining(['-nodefaults', '-S']) as unknown } });
  const text = await consoleText(opened.lab, definition.id, /^petri# /m);
  expect(text).toMatch(/^Petri guest 1 \(i386\)\n\[ 1\/10\] multiboot_detected/);
  expect(text.match(/^\[ ?\d+\/10\]/gm)).toHaveLength(10);
});

test('a paused guest does not answer until it is resumed', async () => {
  const opened = await place.open();
  const { definition } = await boot(opened);
  expect((await opened.client.guests.pause({ id: definition.id })).runtime.state).toBe('paused');
  await opened.client.consoles.write({ id: `guest/${definition.id}/serial0`, base64: Buffer.from('ps\r').toString('base64') });
  const before = opened.lab.consoles.get(`guest/${definition.id}/serial0`).end;
  await expect(opened.client.guests.pause({ id: definition.id })).rejects.toMatchObject({ code: 'GUEST_BUSY', data: { state: 'paused', wanted: 'be paused' } });
  expect(opened.lab.consoles.get(`guest/${definition.id}/serial0`).end).toBe(before);
  expect((await opened.client.guests.resume({ id: definition.id })).runtime.state).toBe('running');
  await consoleText(opened.lab, definition.id, /petri# .*[\s\S]*petri# /);
});

test('a reset boots the same machine again', async () => {
  const opened = await place.open();
  const guest = await boot(opened);
  const { id } = guest.definition;
  const again = await opened.client.guests.reset({ id });
  expect(runningPid(again)).toBe(runningPid(guest));
  await consoleText(opened.lab, id, /petri# [\s\S]*\[ 1\/10\][\s\S]*petri# /);
});

test('a guest that is asked to power down says so by its own end', async () => {
  const opened = await place.open();
  const { definition } = await boot(opened);
  const { runtime } = await opened.client.guests.powerDown({ id: definition.id });
  expect(runtime).toMatchObject({ state: 'stopped', end: { how: 'poweredDown', failure: null } });
  place.leaks.check();
});

test('a guest that does not listen is killed when the time has passed', async () => {
  const opened = await place.open();
  const { definition } = await boot(opened);
  await opened.client.guests.update({ id: definition.id, change: { catalogEntry: null } });
  const { runtime } = await opened.client.guests.powerDown({ id: definition.id, afterSeconds: 0.2 });
  expect(runtime).toMatchObject({ state: 'stopped', end: { how: 'killed', failure: null } });
});

test('a killed guest leaves no process, socket or file', async () => {
  const opened = await place.open();
  const guest = await boot(opened);
  const { runtime } = await opened.client.guests.kill({ id: guest.definition.id });
  expect(runtime).toMatchObject({ state: 'stopped', end: { how: 'killed' } });
  expect(processStartTime(runningPid(guest))).toBeNull();
  place.leaks.check();
  expect(opened.lab.activity.counts().guest).toBe(0);
});

test('a guest whose QEMU is killed from outside has crashed, with its last line and the signal', async () => {
  const opened = await place.open();
  const guest = await boot(opened);
  const { id } = guest.definition;
  process.kill(runningPid(guest), 'SIGKILL');
  for await (const event of await opened.client.guests.watch()) {
    const now = event.type === 'snapshot' ? event.guests[0] : event.type === 'changed' ? event.guest : undefined;
    if (now?.runtime.state === 'stopped') break;
  }
  expect((await opened.client.guests.get({ id })).runtime).toMatchObject({
    state: 'stopped',
    end: { how: 'crashed', failure: { code: 'GUEST_ENDED', details: { lastLine: 'petri# ', failure: { signal: 'SIGKILL', exitCode: null } } } },
  });
  place.leaks.check();
});

test('a lab that ends leaves its guests running, and the next lab adopts them', async () => {
  const first = await place.open();
  const guest = await boot(first);
  await first.lab.dispose();
  expect(processStartTime(runningPid(guest))).not.toBeNull();

  const second = await place.open();
  expect(second.lab.adopted).toEqual([guest.definition.name]);
  const { runtime } = await second.client.guests.powerDown({ id: guest.definition.id });
  expect(runtime).toMatchObject({ state: 'stopped', end: { how: 'poweredDown' } });
});

test('after kill -9 of the lab the next one adopts the guest by pid, start time and UUID, and rules it', async () => {
  const killed = await startLabProcess(place);
  const { definition } = (await killed.call('guests.createFromCatalog', { entry: 'builtin-i386' })) as Guest;
  const guest = (await killed.call('guests.start', { id: definition.id })) as Guest;
  await killed.kill();
  expect(processStartTime(runningPid(guest))).not.toBeNull();

  const next = await place.open();
  expect(next.lab.adopted).toEqual([definition.name]);
  expect(next.lab.activity.counts().guest).toBe(1);
  expect((await next.client.guests.get({ id: definition.id })).runtime).toEqual(guest.runtime);
  await consoleText(next.lab, definition.id, /petri# /);
  await next.client.guests.pause({ id: definition.id });
  await next.client.guests.resume({ id: definition.id });
  const { runtime } = await next.client.guests.kill({ id: definition.id });
  expect(runtime).toMatchObject({ state: 'stopped', end: { how: 'killed' } });
  expect(processStartTime(runningPid(guest))).toBeNull();
});

test('a guest that ended while no lab lived is lost, with what is known of it, and nothing is left of it', async () => {
  const killed = await startLabProcess(place);
  const { definition } = (await killed.call('guests.createFromCatalog', { entry: 'builtin-i386' })) as Guest;
  const guest = (await killed.call('guests.start', { id: definition.id })) as Guest;
  await killed.kill();
  process.kill(runningPid(guest), 'SIGTERM');
  await expect.poll(() => processStartTime(runningPid(guest))).toBeNull();

  const next = await place.open();
  expect(next.lab.adopted).toEqual([]);
  expect((await next.client.guests.get({ id: definition.id })).runtime).toMatchObject({
    state: 'stopped',
    end: { how: 'lost', failure: { code: 'GUEST_ENDED', details: { failure: { stderrTail: expect.stringContaining('terminating on signal 15') as unknown } } } },
  });
  place.leaks.check();
});

test('a paused guest is adopted as paused', async () => {
  const killed = await startLabProcess(place);
  const { definition } = (await killed.call('guests.createFromCatalog', { entry: 'builtin-i386' })) as Guest;
  await killed.call('guests.start', { id: definition.id });
  await killed.call('guests.pause', { id: definition.id });
  await killed.kill();
  const next = await place.open();
  expect((await next.client.guests.get({ id: definition.id })).runtime.state).toBe('paused');
});

test('the command that is shown is the one that is run', async () => {
  const { client, ...rest } = await place.open();
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const { argv } = await client.guests.command({ id: definition.id });
  const { runtime } = await client.guests.start({ id: definition.id });
  expect(runtime).toMatchObject({ machine: { argv } });
  expect(existsSync(argv[0] ?? '')).toBe(true);
  expect(rest.records.filter(({ level }) => level === 'error')).toEqual([]);
});
