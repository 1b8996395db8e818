import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GuestDraftInput } from '../../../electron/contract/guests.ts';
import { failureOf, wordsOf } from '../../support/refusal.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';

let place: LabPlace;
beforeEach(() => (place = makeLabPlace()));
afterEach(() => place.close());

const draft = (name: string, more: Partial<GuestDraftInput> = {}): GuestDraftInput => ({
  name,
  catalogEntry: null,
  architecture: 'i386',
  machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 },
  boot: { kernel: null, arguments: '', modules: [] },
  phaseTable: 'builtin-i386',
  accelerator: 'tcg',
  notes: '',
  ...more,
});

describe('a guest that would have nothing to boot from', () => {
  test.each([
    ['minix3-i386', 'IMAGE_NOT_FETCHED', 'petri install minix3-i386'],
    ['minix2', 'IMAGE_NOT_FETCHED', 'petri install minix2'],
    ['hurd-x86-64', 'IMAGE_NOT_FETCHED', 'petri install hurd-x86-64'],
    ['linux-debian', 'IMAGE_NOT_FETCHED', 'petri install linux-debian'],
    ['own-iso', 'IMAGE_NOT_FETCHED', 'petri install own-iso --medium FILE'],
    ['own-disk', 'IMAGE_NOT_FETCHED', 'petri install own-disk --image FILE'],
    ['builtin-installer', 'ENTRY_NOT_INSTALLED', 'petri install builtin-installer'],
    ['gnumach-x86-64', 'IMAGE_NOT_FETCHED', 'petri catalog fetch gnumach-x86-64'],
  ])('is not made of %s: it says %s and what to do', async (entry, code, fix) => {
    const { client } = await place.open();
    const words = wordsOf(await failureOf(() => client.guests.createFromCatalog({ entry })));
    expect(words.code).toBe(code);
    expect(words.fix.endsWith(`: ${fix}`)).toBe(true);
    expect(await client.guests.list()).toEqual([]);
  });

  test('is not started, and no command of it is shown and no boot measured', async () => {
    const { client } = await place.open();
    const { definition } = await client.guests.create(draft('Empty', { catalogEntry: 'minix2' }));
    const failure = await failureOf(() => client.guests.start({ id: definition.id }));
    expect(wordsOf(failure)).toMatchObject({ code: 'NOTHING_TO_BOOT', fix: expect.stringMatching('petri install minix2') as string });
    expect((await client.guests.get({ id: definition.id })).runtime).toEqual({ state: 'stopped', end: null });
    for (const act of [() => client.guests.command({ id: definition.id }), () => client.measurements.start({ kind: 'boot', subjects: [{ guest: definition.id }], runs: 1 })]) {
      expect((await failureOf(act)).code).toBe('NOTHING_TO_BOOT');
    }
    expect(await client.measurements.list()).toEqual([]);
  });
});

describe('what a guest is given', () => {
  test('is a disk that there is, once; one that was deleted since says how it is restored', async () => {
    const { client } = await place.open();
    const disk = await client.disks.create({ name: 'Data', bytes: 1024 * 1024 });
    const attached = { disk: disk.id, bus: 'ide' as const, readOnly: false };
    await expect(client.guests.create(draft('One', { disks: [{ ...attached, disk: 'nowhere' }] }))).rejects.toMatchObject({ code: 'NOT_FOUND', data: { noun: 'disk', id: 'nowhere' } });
    expect(wordsOf(await failureOf(() => client.guests.create(draft('One', { disks: [attached, attached] })))).evidence.join('')).toContain('the disk Data can be attached once only');
    expect(await client.guests.list()).toEqual([]);

    const { definition: { id } } = await client.guests.create(draft('One', { disks: [attached] }));
    await expect(client.guests.update({ id, change: { disks: [attached, attached] } })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await client.guests.remove({ id });
    await client.disks.remove({ id: disk.id });
    await client.guests.restore({ id });
    const deleted = wordsOf(await failureOf(() => client.guests.start({ id })));
    expect(deleted).toMatchObject({ what: 'The disk Data is deleted.', fix: `Restore it: petri disk restore ${disk.id}` });
    await expect(client.guests.create(draft('Two', { disks: [attached] }))).rejects.toMatchObject({ code: 'DISK_DELETED' });
    // What it had before does not stand in the way of other changes.
    await client.guests.update({ id, change: { disks: [attached], notes: 'x' } });
    await client.guests.update({ id, change: { disks: [] } });
  });

  test('is no share of the whole file system, and the evidence is said once', async () => {
    const { client } = await place.open();
    const share = { path: '/', tag: 'files', readOnly: true };
    const refused = wordsOf(await failureOf(() => client.guests.create(draft('One', { share }))));
    expect(refused).toMatchObject({ code: 'SHARE_REFUSED', evidence: ['it is the whole file system'] });
    const { definition: { id } } = await client.guests.create(draft('One'));
    await expect(client.guests.update({ id, change: { share } })).rejects.toMatchObject({ code: 'SHARE_REFUSED' });
  });

  test('is no reservation that this host could not keep, together with the others', async () => {
    const { client } = await place.open();
    const reserving = (reservedMemoryMiB: number) => ({ cpuPercent: null, memoryMiB: null, reservedMemoryMiB });
    const whole = wordsOf(await failureOf(() => client.guests.create(draft('One', { limits: reserving(90_000_000) }))));
    expect(whole).toMatchObject({ code: 'MEMORY_OVERCOMMITTED', fix: 'Stop another guest, or give this one less memory.' });
    const failure = await failureOf(() => client.guests.create(draft('One', { limits: reserving(90_000_000) })));
    const available = failure.code === 'MEMORY_OVERCOMMITTED' ? failure.details.availableMiB : 0;
    await client.guests.create(draft('One', { limits: reserving(available) }));
    const { definition: { id } } = await client.guests.create(draft('Two'));
    const more = wordsOf(await failureOf(() => client.guests.update({ id, change: { limits: reserving(1) } })));
    expect(more.fix).toContain('Take back what is reserved for One');

    const kernel = { kind: 'file' as const, path: join(import.meta.dirname, '../../../images/builtin/built/petri-i386.elf') };
    await client.guests.update({ id, change: { boot: { kernel, arguments: '', modules: [] } } });
    const start = wordsOf(await failureOf(() => client.guests.start({ id })));
    expect(start).toMatchObject({ code: 'MEMORY_OVERCOMMITTED', fix: expect.stringContaining('Take back what is reserved for One') as string });
  });

  test('is told of when it is more CPUs than the system is known to work with', async () => {
    const { client } = await place.open();
    const { definition: { id } } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    expect(await client.guests.advice({ id })).toEqual([]);
    const { definition } = await client.guests.update({ id, change: { machine: { board: 'pc', cpuModel: 'auto', cpus: 9, memoryMiB: 64 } } });
    expect((await client.guests.advice({ id: definition.id })).join('\n')).toMatch(/It has 9 virtual CPUs, and .* is known to work with 1 at most/);
  });
});

test('a name that turns the direction of the text beside it is refused, and one that is written from the right is not', async () => {
  const { client } = await place.open();
  for (const name of ['txt\u202egpj', '\u2066One', 'One\u200f']) await expect(client.guests.create(draft(name))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  expect((await client.guests.create(draft('עברית'))).definition.name).toBe('עברית');
});
