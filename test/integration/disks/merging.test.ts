import { chmodSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { ageTrash } from '../../support/agedTrash.ts';
import { MIB, qemuIo, taskDone } from '../../support/diskTools.ts';
import { makeLabPlace, type DoorlessLab, type LabPlace } from '../../support/labPlace.ts';
import { failureOf } from '../../support/refusal.ts';

let place: LabPlace;
let opened: DoorlessLab;
let client: LabClient;
beforeEach(async () => {
  place = makeLabPlace();
  await open();
});
afterEach(() => place.close());

async function open(): Promise<void> {
  opened = await place.open();
  ({ client } = opened);
}
const files = (): string[] => readdirSync(join(place.dataDirectory, 'disks')).filter((name) => name.endsWith('.qcow2'));
const digestOf = async (id: string): Promise<string> => (await client.disks.digest({ id })).digest;

/** A guest's disk with a snapshot at each of these patterns, and something else written at last. */
async function diskWithSnapshots(patterns: readonly number[]): Promise<{ disk: string; guest: string; taken: { id: string; digest: string }[] }> {
  const { id: disk } = await client.disks.create({ name: 'Line', bytes: 4 * MIB });
  const { id: guest } = (await client.guests.createFromCatalog({ entry: 'builtin-i386' })).definition;
  await client.guests.update({ id: guest, change: { accelerator: 'tcg', disks: [{ disk, bus: 'ide', readOnly: false }] } });
  const write = async (pattern: number): Promise<void> => qemuIo((await client.disks.get({ id: disk })).path, 'qcow2', `write -P ${pattern} ${pattern * 32}k 64k`, 'discard 0 64k');
  const taken: { id: string; digest: string }[] = [];
  for (const pattern of patterns) {
    await write(pattern);
    const digest = await digestOf(disk);
    const started = await client.snapshots.take({ guest, name: `pattern ${pattern}` });
    await taskDone(client, started);
    taken.push({ id: started.snapshot, digest });
  }
  await write(39);
  return { disk, guest, taken };
}

/** Ends the lab, lets a week go by for the trash, and starts the next. */
async function nextWeek(): Promise<void> {
  await opened.lab.dispose();
  ageTrash(place.dataDirectory);
  await open();
}
async function merged(): Promise<string[]> {
  const tasks = (await client.tasks.list()).filter(({ title }) => title.startsWith('Merge layers of '));
  return Promise.all(tasks.map(async ({ id }) => (await taskDone(client, { task: id })).phase));
}

test('layers of snapshots that are gone become one with the layer above, and every content stays', async () => {
  const { disk, taken: [first, second, third, fourth] } = await diskWithSnapshots([1, 2, 3, 4]);
  const newest = await digestOf(disk);
  expect(files()).toHaveLength(5);
  for (const snapshot of [second, third]) await client.snapshots.remove({ id: snapshot?.id ?? '' });
  await nextWeek();
  expect(await merged()).toEqual(['3 layers are one']);
  expect(files()).toHaveLength(3);
  expect(await digestOf(disk)).toBe(newest);
  expect((await client.disks.check({ id: disk })).clean).toBe(true);
  for (const snapshot of [first, fourth]) {
    const { disks } = await client.snapshots.verify({ id: snapshot?.id ?? '' });
    expect(disks).toEqual([{ disk, expected: snapshot?.digest, found: newest }]);
  }
  await taskDone(client, await client.snapshots.revert({ id: fourth?.id ?? '' }));
  expect(await digestOf(disk)).toBe(fourth?.digest);
});

test('layers stay while a clone rests on them or a guest runs on them, and are merged when it has stopped', async () => {
  const { disk, guest, taken } = await diskWithSnapshots([1, 2, 3]);
  await taskDone(client, await client.disks.clone({ id: disk, name: 'Clone', kind: 'linked' }));
  const clone = (await client.disks.list()).find(({ cloneOf }) => cloneOf === disk)?.id ?? '';
  await client.snapshots.remove({ id: taken[1]?.id ?? '' });
  await nextWeek();
  expect(await merged()).toEqual([]);
  await client.guests.start({ id: guest });
  await client.disks.remove({ id: clone });
  await client.disks.purge({ id: clone });
  expect(await merged()).toEqual([]);
  await client.guests.kill({ id: guest });
  expect(await merged()).toEqual(['2 layers are one']);
  expect((await client.disks.check({ id: disk })).clean).toBe(true);
});

test('a frozen layer that reads otherwise than it did is found by reading it again', async () => {
  const { taken: [snapshot] } = await diskWithSnapshots([1]);
  await client.snapshots.verify({ id: snapshot?.id ?? '' });
  const frozen = files().map((name) => join(place.dataDirectory, 'disks', name)).find((path) => !execFileSync('qemu-img', ['info', path], { encoding: 'utf8' }).includes('backing file:')) ?? '';
  chmodSync(frozen, 0o600);
  qemuIo(frozen, 'qcow2', 'write -P 200 1M 4k');
  expect(await failureOf(() => client.snapshots.verify({ id: snapshot?.id ?? '' }))).toMatchObject({ code: 'DISK_DAMAGED' });
});
