import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createImageDigests } from '../../../electron/host/qemu/imageDigests.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { addGuest, follow, measure } from '../../support/measuringLab.ts';

const shipped = join(import.meta.dirname, '../../../images');
const KERNEL = 'builtin/built/petri-i386.elf';
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const boot = (guest: string, runs = 1) => ({ kind: 'boot' as const, subjects: [{ guest }], runs, warmUps: 0 });

let place: LabPlace;
beforeEach(() => {
  place = makeLabPlace();
});
afterEach(() => place.close());

test('a run names the SHA-256 of every image that it boots, shipped or not', async () => {
  const { client } = await place.open();
  const [kernel, module] = [join(place.path, 'my kernel.elf'), join(place.path, 'module')];
  copyFileSync(join(shipped, KERNEL), kernel);
  writeFileSync(module, 'anything');
  const guest = await addGuest(client);
  const { run } = await measure(client, boot(guest));
  expect(run.subjects[0]?.images).toEqual([{ path: KERNEL, digest: sha256(join(shipped, KERNEL)) }]);

  await client.guests.update({ id: guest, change: { boot: { kernel: { kind: 'file', path: kernel }, arguments: '', modules: [{ image: { kind: 'file', path: module }, arguments: '' }] } } });
  const { run: own } = await measure(client, boot(guest));
  expect(own.subjects[0]?.images).toEqual([{ path: kernel, digest: sha256(kernel) }, { path: module, digest: sha256(module) }]);
  const { base64 } = await client.reports.render({ run: own.id, format: 'text' });
  for (const digest of [sha256(kernel), sha256(module)]) expect(Buffer.from(base64, 'base64').toString()).toContain(digest);
});

test('a run goes on with the image that it was begun with, and with no other', async () => {
  const { client } = await place.open();
  const kernel = join(place.path, 'kernel.elf');
  copyFileSync(join(shipped, KERNEL), kernel);
  const guest = await addGuest(client);
  await client.guests.update({ id: guest, change: { boot: { kernel: { kind: 'file', path: kernel }, arguments: '', modules: [] } } });
  const { id } = await client.measurements.start(boot(guest, 3));
  for await (const event of await client.measurements.watch({ id })) if (event.type === 'sample') break;
  await client.measurements.cancel({ id });

  appendFileSync(kernel, 'x');
  await expect(client.measurements.resume({ id })).rejects.toMatchObject({ code: 'RUNS_NOT_COMPARABLE', data: { reason: expect.stringContaining(kernel) as string } });
  expect((await client.measurements.get({ id })).run.state).toBe('cancelled');
  copyFileSync(join(shipped, KERNEL), kernel);
  await client.measurements.resume({ id });
  await follow(client, id);
  expect((await client.measurements.get({ id })).run.state).toBe('done');
});

test('a shipped image that is not as it was built is neither booted nor measured', async () => {
  const imagesDirectory = join(place.path, 'images');
  cpSync(shipped, imagesDirectory, { recursive: true });
  const { client } = await place.open({ imagesDirectory });
  const guest = await addGuest(client);
  const kernel = join(imagesDirectory, KERNEL);
  const bytes = readFileSync(kernel);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(kernel, bytes);
  const refusal = { code: 'IMAGE_CHANGED', data: { path: kernel, expected: sha256(join(shipped, KERNEL)), found: sha256(kernel) } };
  await expect(client.guests.start({ id: guest })).rejects.toMatchObject(refusal);
  await expect(client.measurements.start(boot(guest))).rejects.toMatchObject(refusal);
  expect((await client.guests.get({ id: guest })).runtime.state).toBe('stopped');
});

test('a digest is that of the file as it is now, and a file that is gone is named', async () => {
  const digests = createImageDigests();
  const path = join(place.path, 'image');
  for (const content of ['one', 'two']) {
    writeFileSync(path, content);
    expect(await digests.of(path)).toBe(sha256(path));
  }
  await expect(digests.of(join(place.path, 'nothing'))).rejects.toMatchObject({ code: 'IMAGE_MISSING' });
});
