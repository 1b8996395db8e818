import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openBlobs } from '../../../electron/host/storage/blobs.ts';
import { openTraceShelf } from '../../../electron/host/storage/traceShelf.ts';
import { scratch } from '../../support/scratch.ts';

function setUp() {
  const folder = scratch();
  const gone: string[] = [];
  const limit = { bytes: 250 };
  const blobs = openBlobs(join(folder, 'blobs'));
  const open = () => openTraceShelf({ blobs, directory: join(folder, 'kept-traces'), limitBytes: () => limit.bytes, onLetGo: (digest) => void gone.push(digest) });
  const put = (shelf: ReturnType<typeof open>, byte: string, bytes = 100): Promise<string> => {
    const path = join(folder, 'trace');
    writeFileSync(path, byte.repeat(bytes));
    return shelf.putFile(path);
  };
  return { folder, gone, limit, blobs, open, put };
}

it('the oldest traces go when all together are too large, and say when and why, in the next lab too', async () => {
  const { open, put, gone, blobs } = setUp();
  const shelf = open();
  const [first, second, third] = [await put(shelf, 'a'), await put(shelf, 'b'), await put(shelf, 'c')];
  expect(gone).toEqual([first]);
  expect([first, second, third].map((digest) => shelf.has(digest))).toEqual([false, true, true]);
  expect(open().letGo(first)).toEqual({ at: expect.stringMatching(/^\d{4}-/) as string, limitBytes: 250 });
  expect([open().letGo(second), open().letGo('f'.repeat(64))]).toEqual([null, null]);
  const fourth = await put(open(), 'd');
  expect(gone).toEqual([first, second]);
  expect([third, fourth].every((digest) => existsSync(blobs.path(digest)))).toBe(true);
});

it('the newest trace stays, even one that is larger than all may be', async () => {
  const { open, put, gone } = setUp();
  const shelf = open();
  const small = await put(shelf, 'a');
  const large = await put(shelf, 'b', 1_000);
  expect(gone).toEqual([small]);
  expect(shelf.has(large)).toBe(true);
});

it('a trace that comes again is the newest, and one that was let go is there again, though all come at the same time', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { open, put, gone } = setUp();
  const shelf = open();
  const first = await put(shelf, 'a');
  const second = await put(shelf, 'b');
  await put(shelf, 'a');
  await put(shelf, 'c');
  expect(gone).toEqual([second]);
  expect(await put(shelf, 'b')).toBe(second);
  expect([shelf.letGo(second), shelf.letGo(first)?.limitBytes]).toEqual([null, 250]);
});

it('what left with its run does not count', async () => {
  const { folder, open, put, gone, blobs } = setUp();
  const shelf = open();
  const first = await put(shelf, 'a');
  rmSync(blobs.path(first));
  await put(shelf, 'b');
  await put(shelf, 'c');
  expect(gone).toEqual([]);
  expect(shelf.letGo(first)).toBeNull();
  expect(readdirSync(folder)).not.toContain('trace');
});
