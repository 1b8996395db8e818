import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Disk } from '../../../electron/contract/disks.ts';
import type { Snapshot } from '../../../electron/contract/snapshots.ts';
import { consoleText } from '../../support/consoleText.ts';
import { MIB, qemuIo, taskDone } from '../../support/diskTools.ts';
import { makeLabPlace, type DoorlessLab, type LabPlace } from '../../support/labPlace.ts';
import { failureOf } from '../../support/refusal.ts';

let place: LabPlace;
let opened: DoorlessLab;
let client: LabClient;
beforeAll(async () => {
  place = makeLabPlace();
  opened = await place.open();
  ({ client } = opened);
});
afterAll(() => place.close());

async function guestWith(...disks: readonly Disk[]): Promise<string> {
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  await client.guests.update({ id: definition.id, change: { accelerator: 'tcg', display: 'std', disks: disks.map(({ id }) => ({ disk: id, bus: 'ide', readOnly: false })) } });
  return definition.id;
}
const makeDisk = (name: string): Promise<Disk> => client.disks.create({ name, bytes: 4 * MIB });
const digestOf = async (id: string): Promise<string> => (await client.disks.digest({ id })).digest;
async function write({ id }: Disk, pattern: number): Promise<string> {
  qemuIo((await client.disks.get({ id })).path, 'qcow2', `write -P ${pattern} 0 64k`);
  return digestOf(id);
}
async function take(guest: string, name: string): Promise<Snapshot> {
  const started = await client.snapshots.take({ guest, name });
  await taskDone(client, started);
  const found = (await client.snapshots.tree({ guest })).snapshots.find(({ id }) => id === started.snapshot);
  if (found === undefined) throw new Error(`${name} is not in the tree`);
  return found;
}
async function goBack({ id }: Pick<Snapshot, 'id'>): Promise<string> {
  const started = await client.snapshots.revert({ id });
  await taskDone(client, started);
  return started.safety;
}

describe('a stopped guest', () => {
  test('goes back and forth between its snapshots, and each content is proved by its digest', async () => {
    const disks = [await makeDisk('One'), await makeDisk('Two')] as const;
    const guest = await guestWith(...disks);
    const first = await Promise.all([write(disks[0], 1), write(disks[1], 2)]);
    const one = await take(guest, 'one');
    expect(one).toMatchObject({ kind: 'disks', parent: null, memoryBytes: null, safety: false, hasScreenshot: false });
    const second = await Promise.all([write(disks[0], 3), write(disks[1], 4)]);
    expect(await client.snapshots.verify({ id: one.id })).toMatchObject({ equal: false, disks: [{ expected: first[0], found: second[0] }, { expected: first[1], found: second[1] }] });
    const safety = await goBack(one);
    expect(await client.snapshots.verify({ id: one.id })).toMatchObject({ equal: true });
    expect(await Promise.all(disks.map(({ id }) => digestOf(id)))).toEqual(first);
    const tree = await client.snapshots.tree({ guest });
    expect(tree.current).toBe(one.id);
    expect(tree.snapshots.find(({ id }) => id === safety)).toMatchObject({ safety: true, parent: one.id });
    await goBack({ id: safety });
    expect(await Promise.all(disks.map(({ id }) => digestOf(id)))).toEqual(second);
  });
  test('a deleted snapshot comes back; those after it stay, with what they need', async () => {
    const disk = await makeDisk('Line');
    const guest = await guestWith(disk);
    const snapshots: Snapshot[] = [];
    const digests: string[] = [];
    for (const pattern of [1, 2, 3]) {
      digests.push(await write(disk, pattern));
      snapshots.push(await take(guest, `pattern ${pattern}`));
    }
    const [a, b, c] = snapshots as [Snapshot, Snapshot, Snapshot];
    await client.snapshots.remove({ id: b.id });
    const { snapshots: left } = await client.snapshots.tree({ guest });
    expect(left.map(({ id, parent }) => [id, parent])).toEqual([[a.id, null], [c.id, a.id]]);
    await goBack(a);
    await goBack(c);
    expect(await digestOf(disk.id)).toBe(digests[2]);
    expect(await client.snapshots.trash({ guest })).toMatchObject([{ id: b.id, name: 'pattern 2' }]);
    await client.snapshots.restore({ id: b.id });
    await goBack(b);
    expect(await digestOf(disk.id)).toBe(digests[1]);
  });
  test('what changes a disk leaves its snapshots as they are', async () => {
    const disk = await makeDisk('Changed');
    const guest = await guestWith(disk);
    const before = await write(disk, 5);
    const kept = await take(guest, 'before the changes');
    await write(disk, 6);
    await client.disks.resize({ id: disk.id, bytes: 8 * MIB });
    await taskDone(client, await client.disks.compact({ id: disk.id }));
    await taskDone(client, await client.disks.convert({ id: disk.id, format: 'qcow2' }));
    await goBack(kept);
    expect(await digestOf(disk.id)).toBe(before);
  });
});

describe('a running guest', () => {
  const say = async (guest: string, line: string, until: RegExp): Promise<string> => {
    await client.consoles.write({ id: `guest/${guest}/serial0`, base64: Buffer.from(`${line}\r`).toString('base64') });
    return consoleText(opened.lab, guest, until);
  };
  const countsIn = (text: string): string[] => [...text.matchAll(/^counts .*since=boot/gm)].map(([line]) => /entries (.*) since/.exec(line)?.[1] ?? '');

  test('comes back with its memory, at the moment when it was kept', async () => {
    const disk = await makeDisk('Live');
    const guest = await guestWith(disk);
    const content = await write(disk, 8);
    await client.guests.start({ id: guest });
    await consoleText(opened.lab, guest, /petri# $/);
    await say(guest, 'calls 11', /counts calls=11 [^]*petri# $/);
    const kept = await take(guest, 'eleven calls');
    expect(kept).toMatchObject({ kind: 'machine', hasScreenshot: true, parent: null });
    expect(kept.memoryBytes).toBeGreaterThan(100_000);
    expect(Buffer.from((await client.snapshots.screenshot({ id: kept.id })).base64, 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect((await client.guests.get({ id: guest })).runtime.state).toBe('running');
    // Work that only the memory remembers: what the handlers counted, and it is forgotten by going back.
    await say(guest, 'switches 5000', /counts [^\n]*switches=5000[^]*petri# $/);
    await goBack(kept);
    expect((await client.guests.get({ id: guest })).runtime.state).toBe('running');
    const text = await say(guest, 'counts', /since=boot[^]*petri# $/);
    const switches = Number(/^counts .* switches=(\d+) .*since=boot/m.exec(text)?.[1]);
    expect(switches).toBeLessThan(5_000);
    expect(countsIn(text)).toHaveLength(1);
    // It really goes on, and can be kept again.
    await say(guest, 'calls 3', /counts calls=3 [^]*petri# $/);
    await take(guest, 'again');
    await client.guests.kill({ id: guest });
    expect(await digestOf(disk.id)).toBe(content);
  });
  test('that is paused is kept, twice, and stays paused; a guest without disks can be kept while it runs', async () => {
    const guest = await guestWith();
    expect((await client.snapshots.tree({ guest })).obstacles.join()).toMatch(/nothing to keep/);
    await client.guests.start({ id: guest });
    await consoleText(opened.lab, guest, /petri# $/);
    expect((await client.snapshots.tree({ guest })).obstacles).toEqual([]);
    await client.guests.pause({ id: guest });
    const [one, two] = [await take(guest, 'one'), await take(guest, 'two')];
    expect((await client.guests.get({ id: guest })).runtime.state).toBe('paused');
    await client.guests.resume({ id: guest });
    await say(guest, 'calls 2', /counts calls=2 [^]*petri# $/);
    expect([one.kind, two.kind]).toEqual(['machine', 'machine']);
    await client.guests.kill({ id: guest });
    // From stopped to running: what is kept before is that it was stopped.
    const safety = await goBack(one);
    expect((await client.guests.get({ id: guest })).runtime.state).toBe('running');
    await goBack({ id: safety });
    expect((await client.guests.get({ id: guest })).runtime.state).toBe('stopped');
  });
});

describe('what cannot be kept is said before', () => {
  test.each([
    ['a raw disk', /is raw.*convert it to qcow2/, async (disk: Disk) => {
      await taskDone(client, await client.disks.convert({ id: disk.id, format: 'raw' }));
    }],
    ['a disk that is deleted', /is deleted/, async (disk: Disk) => {
      const { guests } = await client.disks.get({ id: disk.id });
      // A guest that comes back from the trash may have lost its disk meanwhile.
      for (const { id } of guests) await client.guests.remove({ id });
      await client.disks.remove({ id: disk.id });
      for (const { id } of guests) await client.guests.restore({ id });
    }],
  ])('%s', async (_name, words, spoil) => {
    const disk = await makeDisk('Spoiled');
    const guest = await guestWith(disk);
    await spoil(disk);
    const { obstacles } = await client.snapshots.tree({ guest });
    expect(obstacles).toHaveLength(1);
    expect(obstacles[0]).toMatch(words);
    expect(await failureOf(() => client.snapshots.take({ guest, name: 'no' }))).toMatchObject({ code: 'SNAPSHOT_IMPOSSIBLE', details: { obstacles } });
  });
});
