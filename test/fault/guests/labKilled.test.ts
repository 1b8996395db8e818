import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Guest } from '../../../electron/contract/guests.ts';
import { consoleText } from '../../support/consoleText.ts';
import { startLabProcess, type LabProcess } from '../../support/labProcess.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';

let place: LabPlace;
beforeEach(() => (place = makeLabPlace()));
afterEach(() => place.close());

async function make(lab: LabProcess): Promise<string> {
  const { definition } = (await lab.call('guests.createFromCatalog', { entry: 'builtin-i386' })) as Guest;
  return definition.id;
}

test('what the guest printed while no lab lived is in its console, once', async () => {
  const killed = await startLabProcess(place);
  const id = await make(killed);
  await killed.call('guests.start', { id });
  const printed = async (): Promise<string> => {
    const { base64 } = (await killed.call('consoles.read', { id: `guest/${id}/serial0`, from: 0, bytes: 100_000 })) as { base64: string };
    return Buffer.from(base64, 'base64').toString();
  };
  await expect.poll(printed, { timeout: 20_000 }).toContain('petri# ');
  const base64 = Buffer.from('flood 300000\r').toString('base64');
  await killed.call('consoles.write', { id: `guest/${id}/serial0`, base64 });
  await killed.kill();
  // The flood goes on without a lab; its end is seen only in QEMU's own file, so this is a plain pause.
  await wait(2_000);

  const { lab } = await place.open();
  expect(lab.adopted).toHaveLength(1);
  const text = await consoleText(lab, id, /petri# flood 300000\n[\s\S]*\npetri# /);
  const flood = text.slice(text.indexOf('flood 300000') + 'flood 300000'.length, text.lastIndexOf('petri# '));
  // The console's line ends were two bytes, and behind the flood stands its counts line.
  const bytes = flood.length + flood.split('\n').length - 1;
  expect(bytes).toBeGreaterThanOrEqual(300_000);
  expect(bytes).toBeLessThan(300_400);
  expect(text.match(/^\[10\/10\]/gm)).toHaveLength(1);
});

test.each([0, 40, 100, 250])('a lab killed %i ms into a start leaves a guest that is adopted, or none at all', async (delayMs) => {
  const killed = await startLabProcess(place);
  const id = await make(killed);
  // So that the start itself is what is cut, and not the proving of accelerators.
  await killed.call('accelerators.list');
  const start = killed.call('guests.start', { id }).catch(() => undefined);
  await wait(delayMs);
  await killed.kill();
  await start;

  const { lab, client } = await place.open();
  const { runtime } = await client.guests.get({ id });
  if (lab.adopted.length === 1) {
    expect(runtime.state).toBe('running');
    await consoleText(lab, id, /^petri# /m);
    const console = await consoleText(lab, id, /petri# /);
    expect(console.match(/^\[ 1\/10\]/gm)).toHaveLength(1);
  } else {
    expect(runtime.state).toBe('stopped');
    place.leaks.check();
    expect((await client.guests.start({ id })).runtime.state).toBe('running');
  }
});

test('a lab killed while it proves accelerators leaves no QEMU behind the next one', async () => {
  const killed = await startLabProcess(place);
  const list = killed.call('accelerators.list').catch(() => undefined);
  await expect.poll(() => place.leaks.list().processes.length, { timeout: 20_000 }).toBeGreaterThan(0);
  await killed.kill();
  await list;
  await place.open();
  place.leaks.check();
});
