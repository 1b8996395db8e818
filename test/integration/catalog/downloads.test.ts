import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download, type Download } from '../../../electron/host/downloads/download.ts';
import { openPartials, type Partial as PartialFile } from '../../../electron/host/downloads/partial.ts';
import { declared } from '../../support/declared.ts';
import { scratch } from '../../support/scratch.ts';
import { canMount, cannotMount, smallDisk } from '../../support/smallDisk.ts';
import { cutAfter, giveFile, stallAfter, startWebServer, tagOf, type WebServer } from '../../support/webServer.ts';

let server: WebServer;
beforeEach(async () => {
  server = await startWebServer();
});
afterEach(() => server.close());

const body = randomBytes(300_000);
const patience = { stallMs: 300, fruitlessTries: 3, pauseMs: 1 };

function wanted(path: string, more: Partial<Download> & { directory?: string } = {}): Download & { partial: PartialFile } {
  const url = server.url(path);
  const { directory = scratch(), ...rest } = more;
  return { url, partial: openPartials(directory).of(url), expectedBytes: null, willBeChecked: false, signal: new AbortController().signal, report: () => undefined, patience, ...rest };
}
const came = ({ partial }: { partial: PartialFile }): string => createHash('sha256').update(readFileSync(partial.path)).digest('hex');
const whole = createHash('sha256').update(body).digest('hex');

describe('a download', () => {
  it('tells how far it is and ends with every byte', async () => {
    server.serve('/a', { body });
    const told: [number, number | null][] = [];
    const file = wanted('/a', { report: (...progress) => void told.push(progress) });
    expect(await download(file)).toBe(body.length);
    expect(came(file)).toBe(whole);
    expect(told[0]).toEqual([0, body.length]);
    expect(told.at(-1)).toEqual([body.length, body.length]);
    expect(told.map(([bytes]) => bytes)).toEqual(told.map(([bytes]) => bytes).toSorted((one, other) => one - other));
  });

  it('goes on after a line that was cut, asking only for the rest of the same file', async () => {
    server.serve('/cut', cutAfter({ body }, 100_000));
    const file = wanted('/cut');
    await download(file);
    expect(came(file)).toBe(whole);
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d+-$/)]);
    expect(server.asked[1]?.ifRange).toBe(tagOf(body));
  });

  it('gives up a line on which nothing comes, and goes on over another', async () => {
    server.serve('/stall', stallAfter({ body }, 50_000));
    const file = wanted('/stall');
    await download(file);
    expect(came(file)).toBe(whole);
    expect(server.asked[1]?.range).toMatch(/^bytes=[1-9]\d+-$/);
  });

  it('begins anew when the file has become another one meanwhile', async () => {
    const other = randomBytes(body.length);
    server.serve('/changed', (request, response, count) => (count === 1 ? cutAfter({ body: other }, 70_000)(request, response, count) : giveFile({ body }, request, response)));
    const file = wanted('/changed');
    await download(file);
    expect(came(file)).toBe(whole);
  });

  it('never joins bytes of a server that names no validator, unless the whole will be compared with a digest', async () => {
    const cut = (request: Parameters<typeof giveFile>[1], response: Parameters<typeof giveFile>[2], count: number): void => {
      if (count > 1) { giveFile({ body, etag: null }, request, response); return; }
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, 1_000), () => response.destroy());
    };
    server.serve('/unnamed', cut);
    await download(wanted('/unnamed'));
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, undefined]);
    server.serve('/compared', cut);
    const file = wanted('/compared', { willBeChecked: true });
    await download(file);
    expect(came(file)).toBe(whole);
    expect(server.asked.at(-1)?.range).toBe('bytes=1000-');
  });

  it('keeps what came when it is cancelled, and goes on there', async () => {
    server.serve('/cancelled', stallAfter({ body }, 60_000));
    const directory = scratch();
    const abort = new AbortController();
    const isAll = (bytes: number): boolean => bytes === 60_000;
    const file = wanted('/cancelled', { directory, signal: abort.signal, patience: { ...patience, stallMs: 60_000 }, report: (bytes) => isAll(bytes) && abort.abort() });
    await expect(download(file)).rejects.toThrow();
    expect(file.partial.bytes()).toBe(60_000);
    expect(readdirSync(directory).map((name) => name.split('.')[1]).sort()).toEqual(['bytes', 'json']);
    const again = wanted('/cancelled', { directory });
    await download(again);
    expect(came(again)).toBe(whole);
    expect(server.asked.at(-1)?.range).toBe('bytes=60000-');
    again.partial.remove();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('knows without a byte that a file which is whole is whole', async () => {
    server.serve('/whole', { body });
    const directory = scratch();
    await download(wanted('/whole', { directory }));
    expect(await download(wanted('/whole', { directory }))).toBe(body.length);
  });

  it('follows redirects, but not in a circle, not for ever and not from the web into files', async () => {
    server.serve('/a', { body });
    server.serve('/moved', (_, response) => response.writeHead(302, { location: '/a' }).end());
    server.serve('/circle', (_, response) => response.writeHead(301, { location: '/circle2' }).end());
    server.serve('/circle2', (_, response) => response.writeHead(301, { location: '/circle' }).end());
    server.serve('/file', (_, response) => response.writeHead(301, { location: 'file:///etc/passwd' }).end());
    for (let step = 0; step < 12; step += 1) server.serve(`/far${step}`, (_, response) => response.writeHead(307, { location: `/far${step + 1}` }).end());
    const file = wanted('/moved');
    await download(file);
    expect(came(file)).toBe(whole);
    const reason = async (path: string) => (await declared('DOWNLOAD_FAILED', () => download(wanted(path)))).details.reason;
    expect(await reason('/circle')).toMatch(/^it redirects in a circle: .*circle.*circle2.*circle/);
    expect(await reason('/far0')).toBe('it redirects more than 10 times');
    expect(await reason('/file')).toBe('file:///etc/passwd is no address of the web');
  });

  it('says at once what the server refuses, and tries again what may pass', async () => {
    const refused = await declared('DOWNLOAD_FAILED', () => download(wanted('/nowhere')));
    expect(refused.details).toMatchObject({ reason: 'the server answered 404 Not Found', receivedBytes: 0 });
    expect(server.asked).toHaveLength(1);
    server.serve('/busy', (request, response, count) => (count < 3 ? response.writeHead(503).end() : giveFile({ body }, request, response)));
    const file = wanted('/busy');
    await download(file);
    expect(came(file)).toBe(whole);
  });

  it('ends after tries that bring nothing, and says how much is kept', async () => {
    server.serve('/liar', (_, response) => {
      response.writeHead(200, { etag: '"x"', 'content-length': body.length });
      response.write(body.subarray(0, 1_000), () => response.destroy());
    });
    const file = wanted('/liar', { expectedBytes: body.length });
    const { details } = await declared('DOWNLOAD_FAILED', () => download(file));
    expect(details).toMatchObject({ receivedBytes: 1_000, expectedBytes: body.length });
    expect(server.asked.length).toBeLessThan(10);
  });

  it('stops at a size that was not published, also when the server does not say it', async () => {
    server.serve('/a', { body });
    const { details } = await declared('DOWNLOAD_WRONG', () => download(wanted('/a', { expectedBytes: 1_000 })));
    expect(details).toMatchObject({ what: 'its size', expected: '1000 bytes', found: '300000 bytes' });
    server.serve('/endless', (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write(body, more);
      };
      more();
    });
    expect((await declared('DOWNLOAD_WRONG', () => download(wanted('/endless', { expectedBytes: 400_000 })))).details.found).toBe('more than 400000 bytes');
  });

  it.skipIf(!canMount)(`looks for room before it writes, and leaves no byte without it (${cannotMount})`, async () => {
    server.serve('/large', (_, response) => response.writeHead(200, { etag: '"x"', 'content-length': 10 ** 12 }).write('x'));
    const directory = smallDisk(8_192);
    const file = wanted('/large', { directory });
    const { details } = await declared('SPACE_TOO_SMALL', () => download(file));
    expect(details.neededBytes).toBeGreaterThan(10 ** 12);
    expect(file.partial.bytes()).toBe(0);
  });
});

it('what is no partial download in the folder of them is swept away, what is stays', async () => {
  server.serve('/a', { body });
  const directory = scratch();
  const file = wanted('/a', { directory });
  await download(file);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(directory, `${'0'.repeat(32)}.bytes`), 'bytes of nobody');
  writeFileSync(join(directory, 'notes.txt'), 'x');
  openPartials(directory).sweep();
  expect(readdirSync(directory).sort()).toEqual([file.partial.path, file.partial.path.replace('.bytes', '.json')].map((path) => path.slice(directory.length + 1)).sort());
});
