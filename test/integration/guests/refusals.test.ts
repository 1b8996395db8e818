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

  test('is not started', async () => {
    const { client } = await place.open();
    const { definition } = await client.guests.create(draft('Empty', { catalogEntry: 'minix2' }));
    const failure = await failureOf(() => client.guests.start({ id: definition.id }));
    expect(wordsOf(failure)).toMatchObject({ code: 'NOTHING_TO_BOOT', fix: expect.stringMatching('petri install minix2') as string });
    expect((await client.guests.get({ id: definition.id })).runtime).toEqual({ state: 'stopped', end: null });
  });
});
