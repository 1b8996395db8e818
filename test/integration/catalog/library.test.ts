import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { CatalogState } from '../../../electron/contract/catalog.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Task } from '../../../electron/contract/tasks.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { startLabProcess } from '../../support/labProcess.ts';
import { failureOf, wordsOf } from '../../support/refusal.ts';
import { giveFile, startWebServer, tagOf, type WebServer } from '../../support/webServer.ts';

const root = join(import.meta.dirname, '../../..');
const kernel = readFileSync(join(root, 'images/builtin/built/petri-i386.elf'));
const packed = gzipSync(kernel);
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let server: WebServer;
let place: LabPlace;
beforeEach(async () => {
  server = await startWebServer();
  place = makeLabPlace();
});
afterEach(async () => {
  await place.close();
  await server.close();
});

interface Entry {
  readonly path: string;
  readonly bytes?: number | null;
  readonly digest?: string | null;
  readonly unpack?: string;
  readonly role?: string;
}

/** An entry of the user whose one image comes from the test's server; answers the path of its file. */
function entryFile(name: string, { path, bytes = null, digest = null, unpack = 'gzip', role = 'kernel' }: Entry): string {
  const kernelImage = role === 'kernel' ? { kind: 'image', image: 'image' } : null;
  const file = join(place.path, `${name}.yaml`);
  writeFileSync(file, stringify({
    name: `System ${name}`, summary: 'For a test.', family: 'Mine', architecture: 'i386', homepage: null,
    presets: [{ id: 'default', name: 'PC', machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 }, diskBus: 'ide', card: null, display: 'none', known: 'claimed', why: 'Because.' }],
    choices: { boards: [], cpuModels: [], diskBuses: [], cards: [], displays: [], cpus: { maximum: 1, why: '' }, memoryMiB: { minimum: 16, why: '' }, share: { possible: false, line: null, why: '' } },
    images: [{ id: 'image', role, name: `Image of ${name}`, source: { kind: 'download', url: server.url(path), bytes, digest, unpack } }],
    serialPorts: [{ shows: 'all' }], requiresBoard: null, install: null, limits: [], boot: { kernel: kernelImage, arguments: '', modules: [] }, phaseTable: 'builtin-i386', verified: null,
  }));
  return file;
}

/** The task when it has ended. */
async function ended(client: LabClient, id: string): Promise<Task> {
  for await (const tasks of await client.tasks.watch()) {
    const task = tasks.find((candidate) => candidate.id === id);
    if (task !== undefined && task.endedAt !== null) return task;
  }
  throw new Error('the tasks ended');
}
const files = (name: string): string[] => (existsSync(join(place.dataDirectory, name)) ? readdirSync(join(place.dataDirectory, name)) : []);

async function fetchEntry(client: LabClient, name: string, entry: Entry): Promise<Task> {
  await client.catalog.addEntry({ path: entryFile(name, entry) });
  const { task } = await client.catalog.fetch({ entry: name, image: 'image' });
  return ended(client, task);
}

describe('the library of images', () => {
  it('gets an image from its address, compares and unpacks it, and a guest boots from it', async () => {
    server.serve('/kernel.gz', { body: packed });
    const { client } = await place.open();
    await client.catalog.addEntry({ path: entryFile('mine', { path: '/kernel.gz', bytes: packed.length, digest: digestOf(packed) }) });
    const missing = await failureOf(() => client.guests.createFromCatalog({ entry: 'mine' }));
    expect(wordsOf(missing)).toMatchObject({ code: 'IMAGE_NOT_FETCHED', fix: 'Fetch it first: petri catalog fetch mine' });

    const [one, other] = await Promise.all([client.catalog.fetch({ entry: 'mine', image: 'image' }), client.catalog.fetch({ entry: 'mine', image: 'image' })]);
    expect(other).toEqual(one);
    expect(await ended(client, one.task)).toMatchObject({ state: 'done', failure: null });
    expect((await client.catalog.get()).library).toMatchObject([{ digest: digestOf(kernel), bytes: kernel.length, sourceDigest: digestOf(packed), trust: 'published', entry: 'mine', image: 'image', source: server.url('/kernel.gz') }]);
    expect(files('images')).toEqual([digestOf(kernel)]);
    expect(statSync(join(place.dataDirectory, 'images', digestOf(kernel))).mode & 0o777).toBe(0o400);
    expect(files('downloads')).toEqual([]);

    const guest = await client.guests.createFromCatalog({ entry: 'mine' });
    const { argv } = await client.guests.command({ id: guest.definition.id });
    expect(argv).toContain(join(place.dataDirectory, 'images', digestOf(kernel)));
    const refused = await failureOf(() => client.catalog.removeImage({ digest: digestOf(kernel) }));
    expect(refused).toMatchObject({ code: 'IMAGE_IN_USE', details: { by: ['System mine'] } });
    await client.guests.remove({ id: guest.definition.id });
    await client.catalog.removeImage({ digest: digestOf(kernel) });
    expect([files('images'), (await client.catalog.get()).library]).toEqual([[], []]);
  });

  it.each([
    ['a web page in place of an archive', '/page', { unpack: 'gzip' }, 'DOWNLOAD_WRONG', 'a web page'],
    ['a web page in place of a plain image', '/page', { unpack: 'none' }, 'DOWNLOAD_WRONG', 'a web page'],
    ['an archive with another digest', '/kernel.gz', { digest: 'ab'.repeat(32) }, 'DOWNLOAD_WRONG', digestOf(packed)],
    ['an archive with another size', '/kernel.gz', { bytes: 17 }, 'DOWNLOAD_WRONG', '17 bytes'],
    ['an archive that is cut off', '/cut.gz', {}, 'ARCHIVE_DAMAGED', 'unexpected end of file'],
    ['a text file that calls itself a CD image', '/text', { unpack: 'none', role: 'medium' }, 'IMAGE_UNKNOWN', 'a CD image'],
    ['a text file that calls itself a disk', '/text', { unpack: 'none', role: 'disk' }, 'DISK_FORMAT_UNKNOWN', 'begins with'],
    ['an address that is no longer there', '/gone', {}, 'DOWNLOAD_FAILED', '404'],
  ] as const)('makes no image of %s, says why and leaves nothing', async (_, path, entry, code, evidence) => {
    server.serve('/page', (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><html><title>Moved</title></html>'));
    server.serve('/kernel.gz', { body: packed });
    server.serve('/cut.gz', { body: packed.subarray(0, packed.length - 1_000) });
    server.serve('/text', { body: Buffer.from('This is not an image.\n'.repeat(100)) });
    const { client } = await place.open();
    const task = await fetchEntry(client, 'wrong', { path, ...entry });
    expect(task.state).toBe('failed');
    if (task.failure === null) throw new Error('no failure');
    const words = wordsOf(task.failure);
    expect(words.code).toBe(code);
    expect([words.what, ...words.evidence].join('\n')).toContain(evidence);
    expect([files('images'), files('downloads'), (await client.catalog.get()).library]).toEqual([[], [], []]);
  });

  it('keeps what a cancelled fetch got, lists it, goes on after it, and discards it when asked', async () => {
    server.serve('/slow', (request, response, count) => {
      if (request.headers.range !== undefined && count > 2) {
        giveFile({ body: packed }, request, response);
        return;
      }
      response.writeHead(200, { etag: tagOf(packed), 'content-length': packed.length });
      response.write(packed.subarray(0, 5_000));
    });
    const { client } = await place.open();
    await client.catalog.addEntry({ path: entryFile('slow', { path: '/slow' }) });
    const cancelAfterSome = async (): Promise<void> => {
      const { task } = await client.catalog.fetch({ entry: 'slow', image: 'image' });
      for await (const tasks of await client.tasks.watch()) if ((tasks.find(({ id }) => id === task)?.done ?? 0) >= 5_000) break;
      await client.tasks.cancel({ id: task });
      expect((await ended(client, task)).state).toBe('cancelled');
    };
    await cancelAfterSome();
    expect((await client.catalog.get()).partials).toMatchObject([{ entry: 'slow', image: 'image', bytes: 5_000, totalBytes: packed.length }]);
    await client.catalog.discard({ entry: 'slow', image: 'image' });
    expect([(await client.catalog.get()).partials, files('downloads')]).toEqual([[], []]);

    await cancelAfterSome();
    const { task } = await client.catalog.fetch({ entry: 'slow', image: 'image' });
    expect(await ended(client, task)).toMatchObject({ state: 'done' });
    expect(server.asked.at(-1)?.range).toBe('bytes=5000-');
    expect((await client.catalog.get()).library).toMatchObject([{ digest: digestOf(kernel), trust: 'recorded' }]);
  });

  it('goes on after a lab that was killed in the middle', async () => {
    server.serve('/kernel.gz', (request, response, count) => {
      if (count > 1) { giveFile({ body: packed }, request, response); return; }
      response.writeHead(200, { etag: tagOf(packed), 'content-length': packed.length });
      response.write(packed.subarray(0, 9_000));
    });
    const first = await startLabProcess(place);
    await first.call('catalog.addEntry', { path: entryFile('killed', { path: '/kernel.gz', digest: digestOf(packed) }) });
    await first.call('catalog.fetch', { entry: 'killed', image: 'image' });
    for (;;) {
      const { partials } = (await first.call('catalog.get')) as CatalogState;
      if (partials.some(({ bytes }) => bytes === 9_000)) break;
    }
    await first.kill();
    // What a lab that died while it unpacked leaves beside the images.
    writeFileSync(join(place.dataDirectory, 'images', '.0123456789abcdef.partial'), 'half');
    const { client } = await place.open();
    expect([files('images'), (await client.catalog.get()).partials.map(({ bytes }) => bytes)]).toEqual([[], [9_000]]);
    const { task } = await client.catalog.fetch({ entry: 'killed', image: 'image' });
    expect(await ended(client, task)).toMatchObject({ state: 'done' });
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=9000-']);
    expect(files('images')).toEqual([digestOf(kernel)]);
  });

  it('takes a file of the user, unpacked, and refuses one that is text', async () => {
    const { client } = await place.open();
    const [good, text] = [join(place.path, 'my kernel.elf.gz'), join(place.path, 'notes.iso')];
    writeFileSync(good, packed);
    writeFileSync(text, 'no image\n'.repeat(1_000));
    expect(await ended(client, (await client.catalog.addImage({ path: good, name: 'Mine' })).task)).toMatchObject({ state: 'done' });
    expect((await client.catalog.get()).library).toMatchObject([{ name: 'Mine', digest: digestOf(kernel), source: good, entry: null }]);
    expect((await ended(client, (await client.catalog.addImage({ path: text })).task)).failure?.code).toBe('IMAGE_UNKNOWN');
    expect((await ended(client, (await client.catalog.addImage({ path: join(place.path, 'nowhere') })).task)).failure?.code).toBe('IMAGE_MISSING');
    expect(readFileSync(good).equals(packed)).toBe(true);
    expect(files('images')).toEqual([digestOf(kernel)]);
  });
});

describe('entries of the user', () => {
  it('come and go as files, take the place of a shipped one, and are there after a restart', async () => {
    const first = await place.open();
    const file = entryFile('minix2', { path: '/newer.gz' });
    expect((await first.client.catalog.addEntry({ path: file })).origin).toBe('user');
    const find = async (client: LabClient): Promise<string[]> => (await client.catalog.list()).filter(({ id }) => id === 'minix2').map(({ name, origin }) => `${name}, ${origin}`);
    expect(await find(first.client)).toEqual(['System minix2, user']);
    await first.lab.dispose();
    const { client } = await place.open();
    expect(await find(client)).toEqual(['System minix2, user']);
    await client.catalog.removeEntry({ id: 'minix2' });
    expect(await find(client)).toEqual(['MINIX 2.0.4, petri']);
    expect(await failureOf(() => client.catalog.removeEntry({ id: 'minix2' }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('that are broken are named with what is wrong in each field, and block nothing', async () => {
    const { client } = await place.open();
    const broken = join(place.path, 'broken.yaml');
    writeFileSync(broken, 'name: 7\nhook: $(reboot)\n');
    const refused = await failureOf(() => client.catalog.addEntry({ path: broken }));
    expect(refused.code).toBe('RESOURCE_INVALID');
    expect(wordsOf(refused).evidence.join('\n')).toMatch(/name: .*\n[^]*hook/);
    expect(await failureOf(() => client.catalog.addEntry({ path: join(place.path, 'x.txt') }))).toMatchObject({ code: 'PATH_REFUSED' });
    expect(await failureOf(() => client.catalog.addEntry({ path: '/dev/zero.yaml' }))).toMatchObject({ code: 'PATH_REFUSED' });
    expect(files('catalog')).toEqual([]);
  });

  it('that were spoilt in the data directory are listed as refused', async () => {
    const first = await place.open();
    const listed = (await first.client.catalog.list()).length;
    await first.lab.dispose();
    mkdirSync(join(place.dataDirectory, 'catalog'));
    writeFileSync(join(place.dataDirectory, 'catalog/spoilt.yaml'), 'name: [');
    const { client } = await place.open();
    const { entries, refused } = await client.catalog.get();
    expect(entries).toHaveLength(listed);
    expect(refused).toMatchObject([{ file: join(place.dataDirectory, 'catalog/spoilt.yaml'), failure: { code: 'RESOURCE_INVALID' } }]);
  });
});
