// A data directory that cannot be used: a shell that wants the lab is told why, nothing is changed and nothing runs.
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { connectLab, type Connection } from '../../../electron/client/connectLab.ts';
import { labPaths } from '../../../electron/client/labPaths.ts';
import type { ErrorCode } from '../../../electron/contract/errors.ts';
import { createLab } from '../../../electron/lab/createLab.ts';
import { openDataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { migrations } from '../../../electron/host/storage/migrations.ts';
import { contentsOf, refusal } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';
import { canMount, cannotMount, mountReadOnly } from '../../support/smallDisk.ts';
import { writeNotes } from '../../support/storageFixture.ts';

let folder: string;
let data: string;
beforeEach(() => {
  folder = scratch();
  data = join(folder, 'data');
  mkdirSync(join(folder, 'run', 'petri'), { recursive: true });
  vi.stubEnv('XDG_RUNTIME_DIR', join(folder, 'run'));
  // These labs are about storage: they find no QEMU and so start none.
  vi.stubEnv('PETRI_QEMU_PATH', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
});

const connect = (): Promise<Connection> => connectLab({ dataDirectory: data, shell: 'test', build: 'development', start: true });

async function end(connection: Connection): Promise<void> {
  await connection.client.system.shutdown({ guests: 'kill' });
  await connection.closed;
}

function writeNewer(): void {
  writeNotes(data, 1);
  const next = (migrations.at(-1)?.version ?? 0) + 1;
  openDataDirectory(data, [...migrations, { version: next, up: () => undefined }]).dispose();
}

const cases: readonly (readonly [string, ErrorCode, () => void, RegExp, RegExp])[] = [
  ['from a newer version', 'DATA_NEWER', writeNewer, /version \d+; this Petri reads up to \d+/, /Update Petri.*Nothing was changed/],
  ['half-written: without its database', 'DATA_HALF_WRITTEN', () => { writeNotes(data, 2); rmSync(join(data, 'lab.sqlite')); }, /missing: lab\.sqlite/, /backup/],
  ['half-written: without its blobs', 'DATA_HALF_WRITTEN', () => { writeNotes(data, 2); rmSync(join(data, 'blobs'), { recursive: true }); }, /missing: blobs/, /backup/],
  ['of somebody else', 'DATA_HALF_WRITTEN', () => { mkdirSync(data); writeFileSync(join(data, 'thesis.tex'), 'x'); }, /found: thesis\.tex/, /empty folder/],
  ['with a database that is cut off in the middle', 'DATABASE_DAMAGED', () => { writeNotes(data, 300); truncateSync(join(data, 'lab.sqlite'), Math.floor(statSync(join(data, 'lab.sqlite')).size / 2)); }, /lab\.sqlite: /, /doctor --repair/],
  ['with a database that is a web page', 'DATABASE_DAMAGED', () => { writeNotes(data, 1); writeFileSync(join(data, 'lab.sqlite'), '<!DOCTYPE html>'.repeat(999)); }, /lab\.sqlite: /, /doctor --repair/],
  ['that is a file', 'PATH_REFUSED', () => writeFileSync(data, 'x'), /EEXIST|ENOTDIR/, /another/],
];

test.each(cases)('a data directory %s', async (_name, code, make, evidence, fix) => {
  make();
  const before = statSync(data).isDirectory() ? contentsOf(data) : readFileSync(data, 'utf8');
  const words = await refusal(code, [folder], connect);
  expect(words.evidence.join('\n')).toMatch(evidence);
  expect(words.fix).toMatch(fix);
  expect(statSync(data).isDirectory() ? contentsOf(data) : readFileSync(data, 'utf8')).toEqual(before);
});

test('a data directory on a read-only file system', async ({ skip }) => {
  skip(!canMount, cannotMount);
  writeNotes(data, 3);
  const before = contentsOf(data);
  const release = mountReadOnly(data);
  try {
    const { evidence, fix } = await refusal('DATA_READ_ONLY', [folder], connect);
    expect(evidence.join()).toMatch(/EROFS|READONLY/);
    expect(fix).toContain('--data');
  } finally {
    release();
  }
  expect(contentsOf(data)).toEqual(before);
  await end(await connect());
});

test('a second lab on one directory is refused with who holds it, and the first one goes on', async () => {
  const connection = await connect();
  const root = join(import.meta.dirname, '../../..');
  const second = { dataDirectory: data, runDirectory: labPaths(data).runDirectory, resourcesDirectory: join(root, 'resources'), imagesDirectory: join(root, 'images'), build: 'test', version: '0.0.0', log: () => undefined };
  const { evidence, fix } = await refusal('LAB_LOCKED', [folder], () => createLab(second));
  expect(evidence.join()).toContain(String(connection.hello.pid));
  expect(fix).toContain('--data');
  expect(await connection.client.guests.list()).toEqual([]);
  await end(connection);
});
