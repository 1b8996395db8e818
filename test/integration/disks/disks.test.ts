import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { diskFormat, type Disk } from '../../../electron/contract/disks.ts';
import { MIB, qemuIo, taskDone, taskEnd } from '../../support/diskTools.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { failureOf } from '../../support/refusal.ts';

let place: LabPlace;
let client: LabClient;
beforeAll(async () => {
  place = makeLabPlace();
  ({ client } = await place.open());
});
afterAll(() => place.close());

const SIZE = 8 * MIB;
const digestOf = async ({ id }: { id: string }): Promise<string> => (await client.disks.digest({ id })).digest;

/** A disk with something in its middle. */
async function filled(name: string, pattern = 7): Promise<Disk> {
  const disk = await client.disks.create({ name, bytes: SIZE });
  qemuIo(disk.path, 'qcow2', `write -P ${pattern} 1M 300k`);
  return client.disks.get({ id: disk.id });
}
async function clone(source: Disk, kind: 'linked' | 'full', name = `${kind} clone`): Promise<Disk> {
  const started = await client.disks.clone({ id: source.id, name, kind });
  await taskDone(client, started);
  return client.disks.get({ id: started.disk });
}

describe('the digest of a disk', () => {
  test('is the SHA-256 of what a guest would read', async () => {
    const disk = await filled('Read');
    const content = Buffer.alloc(SIZE);
    content.fill(7, MIB, MIB + 300 * 1_024);
    expect(await client.disks.digest({ id: disk.id })).toEqual({ digest: createHash('sha256').update(content).digest('hex'), bytes: SIZE });
  });
  test.each(diskFormat.options)('is the same after the way through %s', async (format) => {
    const disk = await filled(`Through ${format}`);
    const path = join(place.path, `through.${format}`);
    const exported = await taskDone(client, await client.disks.export({ id: disk.id, path, format }));
    expect(exported.phase).toBe(`SHA-256 ${createHash('sha256').update(readFileSync(path)).digest('hex')}`);
    const started = await client.disks.import({ name: `Back from ${format}`, source: { path } });
    await taskDone(client, started);
    const back = await client.disks.get({ id: started.disk });
    expect(back).toMatchObject({ format: 'qcow2', origin: { how: 'imported', source: path, digest: exported.phase.replace('SHA-256 ', '') }, trouble: null });
    // Some formats round the size up; what is behind the old end is zeros.
    if (back.virtualBytes === SIZE) expect(await digestOf(back)).toBe(await digestOf(disk));
    else expect(back.virtualBytes).toBeGreaterThan(SIZE);
  });
});

describe('clones', () => {
  test('a linked clone and its source share what was there, and not what comes after', async () => {
    const source = await filled('Source');
    const linked = await clone(source, 'linked');
    expect(await digestOf(linked)).toBe(await digestOf(source));
    expect(linked).toMatchObject({ cloneOf: source.id, virtualBytes: SIZE });
    const before = await digestOf(source);
    qemuIo(linked.path, 'qcow2', 'write -P 9 0 64k');
    expect(await digestOf(source)).toBe(before);
    const { path, clones } = await client.disks.get({ id: source.id });
    expect(clones).toEqual([linked.id]);
    const ofClone = await digestOf(linked);
    qemuIo(path, 'qcow2', 'write -P 3 1M 64k');
    expect(await digestOf(linked)).toBe(ofClone);
    expect(await digestOf(source)).not.toBe(before);
  });
  test('a disk with linked clones is not altered nor deleted until they are copies of their own', async () => {
    const source = await filled('Rested on');
    const linked = await clone(source, 'linked', 'Rests');
    const refused = [
      () => client.disks.resize({ id: source.id, bytes: 2 * SIZE }),
      () => client.disks.compact({ id: source.id }),
      () => client.disks.convert({ id: source.id, format: 'raw' }),
      () => client.disks.repair({ id: source.id }),
      () => client.disks.remove({ id: source.id }),
    ];
    for (const act of refused) expect(await failureOf(act)).toMatchObject({ code: 'DISK_HAS_CLONES', details: { disk: 'Rested on', clones: ['Rests'] } });
    await taskDone(client, await client.disks.convert({ id: linked.id, format: 'qcow2' }));
    expect(await client.disks.get({ id: linked.id })).toMatchObject({ cloneOf: null });
    await client.disks.remove({ id: source.id });
    expect(await digestOf(linked)).toMatch(/^[0-9a-f]{64}$/);
  });
  test('a full clone rests on nothing', async () => {
    const source = await filled('Copied');
    const full = await clone(source, 'full');
    expect(full.cloneOf).toBeNull();
    expect(await digestOf(full)).toBe(await digestOf(source));
    expect((await client.disks.get({ id: source.id })).clones).toEqual([]);
  });
});

describe('changes', () => {
  test('a disk grows, keeps its content, and shrinks only when that is wanted', async () => {
    const disk = await filled('Grown');
    const before = await digestOf(disk);
    expect(await client.disks.resize({ id: disk.id, bytes: 2 * SIZE })).toMatchObject({ virtualBytes: 2 * SIZE });
    expect(await digestOf(disk)).not.toBe(before);
    expect(await failureOf(() => client.disks.resize({ id: disk.id, bytes: SIZE }))).toMatchObject({ code: 'DISK_SHRINK_REFUSED', details: { bytes: 2 * SIZE, wanted: SIZE } });
    await client.disks.resize({ id: disk.id, bytes: SIZE, shrink: true });
    expect(await digestOf(disk)).toBe(before);
  });
  test('what was cut off does not come back', async () => {
    const disk = await filled('Cut');
    qemuIo(disk.path, 'qcow2', 'write -P 5 6M 1M');
    await client.disks.resize({ id: disk.id, bytes: 4 * MIB, shrink: true });
    await client.disks.resize({ id: disk.id, bytes: SIZE });
    const content = Buffer.alloc(SIZE);
    content.fill(7, MIB, MIB + 300 * 1_024);
    expect(await digestOf(disk)).toBe(createHash('sha256').update(content).digest('hex'));
  });
  test('compacting gives back what the guest gave back, and changes no content', async () => {
    const disk = await filled('Compact');
    qemuIo(disk.path, 'qcow2', 'write -P 1 2M 5M', 'write -z 2M 5M');
    const [before, { fileBytes }] = [await digestOf(disk), await client.disks.get({ id: disk.id })];
    await taskDone(client, await client.disks.compact({ id: disk.id }));
    expect(await digestOf(disk)).toBe(before);
    expect((await client.disks.get({ id: disk.id })).fileBytes).toBeLessThan(fileBytes - 4 * MIB);
  });
  test('raw and back again', async () => {
    const disk = await filled('Raw');
    const before = await digestOf(disk);
    await taskDone(client, await client.disks.convert({ id: disk.id, format: 'raw' }));
    expect(await client.disks.get({ id: disk.id })).toMatchObject({ format: 'raw', virtualBytes: SIZE });
    expect(await digestOf(disk)).toBe(before);
    await client.disks.resize({ id: disk.id, bytes: 2 * SIZE });
    await client.disks.resize({ id: disk.id, bytes: SIZE, shrink: true });
    await taskDone(client, await client.disks.convert({ id: disk.id, format: 'qcow2' }));
    expect(await digestOf(disk)).toBe(before);
  });
  test('a damaged disk is found, repaired, and kept beside', async () => {
    const disk = await filled('Damaged');
    const bytes = readFileSync(disk.path);
    // The reference count of the first cluster of data, which lies behind header, tables and the block of counts.
    const block = Number(bytes.readBigUInt64BE(Number(bytes.readBigUInt64BE(48))));
    bytes.writeUInt16BE(0, block + 2 * 5);
    writeFileSync(disk.path, bytes);
    expect(await client.disks.check({ id: disk.id })).toMatchObject({ clean: false });
    const before = await digestOf(disk);
    const { before: found, after, kept } = await client.disks.repair({ id: disk.id });
    expect([found.clean, after.clean]).toEqual([false, true]);
    expect(readFileSync(kept).equals(bytes)).toBe(true);
    expect(await digestOf(disk)).toBe(before);
  });
  test('a cancelled import leaves nothing', async () => {
    const disk = await filled('Long');
    const path = join(place.path, 'long.raw');
    await taskDone(client, await client.disks.export({ id: disk.id, path, format: 'raw' }));
    const layers = join(place.dataDirectory, 'disks');
    const before = [readdirSync(layers), (await client.disks.list()).map(({ id }) => id)];
    const { task } = await client.disks.import({ name: 'Never', source: { path } });
    await client.tasks.cancel({ id: task });
    expect(await taskEnd(client, task)).toMatchObject({ state: 'cancelled' });
    expect([readdirSync(layers), (await client.disks.list()).map(({ id }) => id)]).toEqual(before);
  });
});

describe('the trash', () => {
  test('gives a disk back as it was, and purging removes its files', async () => {
    const disk = await filled('Thrown');
    const before = await digestOf(disk);
    await client.disks.remove({ id: disk.id });
    expect((await client.disks.list()).map(({ id }) => id)).not.toContain(disk.id);
    expect(await client.disks.trash()).toContainEqual(expect.objectContaining({ id: disk.id, name: 'Thrown' }));
    await client.disks.restore({ id: disk.id });
    expect(await digestOf(disk)).toBe(before);
    await client.disks.remove({ id: disk.id });
    await client.disks.purge({ id: disk.id });
    expect(readdirSync(join(place.dataDirectory, 'disks'))).not.toContain(disk.path.split('/').at(-1));
    expect(await failureOf(() => client.disks.restore({ id: disk.id }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a file that is used where it is', () => {
  test('stays where it is, is copied by a full clone, and is not altered', async () => {
    const disk = await filled('Own');
    const path = join(place.path, 'own.raw');
    await taskDone(client, await client.disks.export({ id: disk.id, path, format: 'raw' }));
    const started = await client.disks.import({ name: 'In place', source: { path }, inPlace: true });
    await taskDone(client, started);
    const outside = await client.disks.get({ id: started.disk });
    expect(outside).toMatchObject({ path, format: 'raw', outside: true });
    expect(await digestOf(outside)).toBe(await digestOf(disk));
    expect(await failureOf(() => client.disks.clone({ id: outside.id, name: 'x', kind: 'linked' }))).toMatchObject({ code: 'PATH_REFUSED' });
    expect(await failureOf(() => client.disks.compact({ id: outside.id }))).toMatchObject({ code: 'PATH_REFUSED' });
    expect(await digestOf(await clone(outside, 'full', 'Of the file'))).toBe(await digestOf(disk));
    await client.disks.remove({ id: outside.id });
    expect(readFileSync(path)).toHaveLength(SIZE);
  });
});
