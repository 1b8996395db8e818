// The disk is full while a measurement saves and while a guest prints: nothing that was acknowledged is lost.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { expect, onTestFinished, test } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Sample } from '../../../electron/contract/measurements.ts';
import { createLab } from '../../../electron/lab/createLab.ts';
import type { LogRecord } from '../../../electron/lab/log.ts';
import { consoleText } from '../../support/consoleText.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { addGuest, follow } from '../../support/measuringLab.ts';
import { wordsOf } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';
import { canMount, cannotMount, fillDisk, smallDisk } from '../../support/smallDisk.ts';

const root = join(import.meta.dirname, '../../..');

/** A lab whose data is on a disk of 16 MiB and whose sockets are elsewhere. */
async function openOnSmallDisk() {
  const disk = smallDisk(16_384);
  const runDirectory = join(scratch(), 'run');
  const records: LogRecord[] = [];
  const open = async () => {
    const lab = await createLab({
      dataDirectory: join(disk, 'data'),
      runDirectory,
      resourcesDirectory: join(root, 'resources'),
      imagesDirectory: join(root, 'images'),
      build: 'test',
      version: '0.0.0',
      log: (record) => void records.push(record),
      probeHost: false,
    });
    const client: LabClient = createRouterClient(lab.router);
    onTestFinished(async () => {
      await client.system.shutdown({ guests: 'kill' }).catch(() => undefined);
      await lab.dispose();
    });
    return { lab, client };
  };
  return { ...(await open()), open, disk, runDirectory, records };
}

test('a disk that fills while a run is saved: the run says DISK_FULL, keeps its samples and is resumed', async ({ skip }) => {
  skip(!canMount, cannotMount);
  const { client, lab, open, disk, runDirectory } = await openOnSmallDisk();
  const guest = await addGuest(client);
  const leaks = watchForLeaks([runDirectory, join(disk, 'data', 'traces'), join(disk, 'data', 'consoles')]);
  const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest }], runs: 6, warmUps: 0, timeLimitSeconds: 5, seed: 3 });
  const acknowledged: Sample[] = [];
  let ballast = '';
  await follow(client, id, (event) => {
    if (event.type === 'sample') acknowledged.push(event.sample);
    if (event.type === 'sample' && ballast === '') ballast = fillDisk(disk);
  });
  const full = await client.measurements.get({ id });
  expect(full.run.state).toBe('failed');
  if (full.run.failure === null) throw new Error('it has no failure');
  const { code, evidence, fix } = wordsOf(full.run.failure);
  expect(code).toBe('DISK_FULL');
  expect(evidence.join()).toMatch(/bytes are free|ENOSPC/);
  expect(fix).toContain('what was saved before is intact');
  expect(full.samples).toEqual(acknowledged);
  leaks.check();

  // The next lab knows nothing of the failure that could not be stored, but has the samples, and goes on.
  await lab.dispose();
  rmSync(ballast);
  const next = await open();
  const before = await next.client.measurements.get({ id });
  expect(before.samples).toEqual(acknowledged);
  await next.client.measurements.resume({ id });
  await follow(next.client, id);
  const after = await next.client.measurements.get({ id });
  expect(after.run).toMatchObject({ state: 'done', failure: null });
  expect(after.samples.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(after.samples.slice(0, acknowledged.length)).toEqual(acknowledged);
});

test('a disk that fills while a guest prints: the guest runs on, and its console has a gap', async ({ skip }) => {
  skip(!canMount, cannotMount);
  const { client, lab, disk, records } = await openOnSmallDisk();
  const guest = await addGuest(client);
  await client.guests.start({ id: guest });
  await consoleText(lab, guest, /petri# $/);
  const console = `guest/${guest}/serial0`;
  const type = (line: string): Promise<unknown> => client.consoles.write({ id: console, base64: Buffer.from(`${line}\r`).toString('base64') });
  const before = lab.consoles.read(console, 0, 100_000).bytes;

  const ballast = fillDisk(disk);
  await type('flood 200000');
  // The flood's end is seen by the offset alone: its bytes are not kept.
  await expect.poll(() => lab.consoles.get(console).end, { timeout: 60_000 }).toBeGreaterThan(before.length + 200_000);
  expect(records.filter(({ message }) => message === 'bytes of a console could not be stored')).toHaveLength(1);
  expect((await client.guests.get({ id: guest })).runtime.state).toBe('running');
  rmSync(ballast);
  await type('help');
  await consoleText(lab, guest, /help[\s\S]*petri# $/);
  expect(lab.consoles.read(console, 0, before.length).bytes).toEqual(before);
});
