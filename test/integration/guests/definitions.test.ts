import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guestDraft, type GuestDraft, type GuestEvent } from '../../../electron/contract/guests.ts';
import { consoleText } from '../../support/consoleText.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';

const builtin = join(import.meta.dirname, '../../../images/builtin/built/petri-i386.elf');

let place: LabPlace;
beforeEach(() => (place = makeLabPlace()));
afterEach(() => place.close());

function draft(path: string, change: Partial<GuestDraft> = {}): GuestDraft {
  return guestDraft.parse({
    name: 'Own',
    catalogEntry: null,
    architecture: 'i386',
    machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 },
    boot: { kernel: { kind: 'file', path }, arguments: '', modules: [] },
    phaseTable: 'builtin-i386',
    accelerator: 'tcg',
    notes: '',
    ...change,
  });
}

test('guests from one catalog entry get names and ids of their own', async () => {
  const { client } = await place.open();
  const first = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const second = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  expect(second.definition.name).toBe(`${first.definition.name} 2`);
  expect(second.definition.id).not.toBe(first.definition.id);
  expect(first.definition.boot.kernel).toMatchObject({ kind: 'shipped', digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
  expect((await client.guests.list()).map(({ definition }) => definition.id)).toEqual([first.definition.id, second.definition.id]);
});

test('a name that is taken is refused, whatever its case', async () => {
  const { client } = await place.open();
  await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'One' });
  await expect(client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'ONE' })).rejects.toMatchObject({ code: 'GUEST_NAME_TAKEN', data: { name: 'ONE' } });
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Two' });
  await expect(client.guests.update({ id: definition.id, change: { name: 'one' } })).rejects.toMatchObject({ code: 'GUEST_NAME_TAKEN' });
  expect((await client.guests.update({ id: definition.id, change: { name: 'TWO' } })).definition.name).toBe('TWO');
});

test('a deleted guest comes back as it was, under another name if its own was taken', async () => {
  const { client } = await place.open();
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'One' });
  await client.guests.remove({ id: definition.id });
  expect(await client.guests.list()).toEqual([]);
  await expect(client.guests.get({ id: definition.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await client.guests.trash()).toEqual([{ id: definition.id, name: 'One', trashedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string }]);
  await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'One' });
  expect((await client.guests.restore({ id: definition.id })).definition).toEqual({ ...definition, name: 'One 2' });
  expect(await client.guests.trash()).toEqual([]);
  await expect(client.guests.restore({ id: definition.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a running guest cannot be deleted or started a second time', async () => {
  const { client } = await place.open();
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const { id } = definition;
  await client.guests.start({ id });
  await expect(client.guests.remove({ id })).rejects.toMatchObject({ code: 'GUEST_BUSY', data: { state: 'running', wanted: 'be deleted' } });
  await expect(client.guests.start({ id })).rejects.toMatchObject({ code: 'GUEST_BUSY', data: { wanted: 'be started' } });
  await client.guests.kill({ id });
  await expect(client.guests.kill({ id })).rejects.toMatchObject({ code: 'GUEST_BUSY', data: { state: 'stopped' } });
  await client.guests.remove({ id });
});

test('two starts at the same time: one wins, the other is told that it is busy', async () => {
  const { client } = await place.open();
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const results = await Promise.allSettled([client.guests.start({ id: definition.id }), client.guests.start({ id: definition.id })]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a guest of one’s own is made only from images that can be one', async () => {
  const { client } = await place.open();
  await expect(client.guests.create(draft(join(place.path, 'nowhere')))).rejects.toMatchObject({ code: 'IMAGE_MISSING' });
  await expect(client.guests.create(draft('relative/kernel'))).rejects.toMatchObject({ code: 'PATH_REFUSED' });
  await expect(client.guests.create(draft(place.path))).rejects.toMatchObject({ code: 'IMAGE_NOT_A_FILE' });
  const shipped = { kernel: { kind: 'shipped', path: '../../../etc/passwd', digest: '0'.repeat(64) }, arguments: '', modules: [] } as const;
  await expect(client.guests.create(draft('', { boot: shipped as unknown as GuestDraft['boot'] }))).rejects.toMatchObject({ code: 'PATH_REFUSED' });
  expect(await client.guests.list()).toEqual([]);
});

test('an image that went missing after the guest was made is a refusal, and nothing is started', async () => {
  const { client } = await place.open();
  const path = join(place.path, 'kernel');
  writeFileSync(path, readFileSync(builtin));
  const { definition } = await client.guests.create(draft(path));
  writeFileSync(path, '');
  await expect(client.guests.start({ id: definition.id })).rejects.toMatchObject({ code: 'IMAGE_EMPTY', data: { path } });
  expect((await client.guests.get({ id: definition.id })).runtime).toEqual({ state: 'stopped', end: null });
  place.leaks.check();
});

test.each(['with space', "a 'b' \"c\"", 'a,b=c', '..', 'line\nbreak', '内核 ядро', '$(touch x);`id`', '-S'])('a guest boots from a folder named %j', async (name) => {
  const { client, lab } = await place.open();
  const folder = join(place.path, `x${name}`);
  mkdirSync(folder);
  writeFileSync(join(folder, name === '..' ? '..kernel' : name), readFileSync(builtin));
  const path = join(folder, name === '..' ? '..kernel' : name);
  const { definition } = await client.guests.create(draft(path, { name: `guest ${JSON.stringify(name)}`, boot: { kernel: { kind: 'file', path }, arguments: 'calls=3', modules: [] } }));
  await client.guests.start({ id: definition.id });
  expect(await consoleText(lab, definition.id, /counts calls=3 /)).not.toMatch(/unknown word/);
});

test('QEMU that refuses an option says so in its own words, and nothing is left', async () => {
  const { client } = await place.open();
  const { definition } = await client.guests.create(draft(builtin, { machine: { board: 'pc', cpuModel: 'no-such-cpu', cpus: 1, memoryMiB: 64 } }));
  await expect(client.guests.start({ id: definition.id })).rejects.toMatchObject({ code: 'QEMU_REFUSED', data: { exitCode: 1, stderrTail: expect.stringContaining('no-such-cpu') as unknown } });
  expect((await client.guests.get({ id: definition.id })).runtime.state).toBe('stopped');
  place.leaks.check();
});

test('whoever watches gets a snapshot, then every change in order', async () => {
  const { client } = await place.open();
  const events: string[] = [];
  const feed = await client.guests.watch();
  const describe = (event: GuestEvent): string => (event.type === 'changed' ? event.guest.runtime.state : event.type);
  const watching = (async () => {
    for await (const event of feed) {
      events.push(describe(event));
      if (event.type === 'removed') return;
    }
  })();
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const { id } = definition;
  await client.guests.start({ id });
  await client.guests.pause({ id });
  await client.guests.kill({ id });
  await client.guests.remove({ id });
  await watching;
  expect(events).toEqual(['snapshot', 'stopped', 'starting', 'running', 'paused', 'stopped', 'removed']);
});
