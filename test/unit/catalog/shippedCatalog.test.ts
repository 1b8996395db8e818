import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordedDigest } from '../../../electron/host/storage/shippedImages.ts';
import { openEntries } from '../../../electron/lab/catalog/entries.ts';
import type { LogRecord } from '../../../electron/lab/log.ts';
import { scratch } from '../../support/scratch.ts';

const root = join(import.meta.dirname, '../../..');
const [resourcesDirectory, imagesDirectory] = [join(root, 'resources'), join(root, 'images')];

describe('the catalog that is shipped', () => {
  const records: LogRecord[] = [];
  const entries = openEntries({ resourcesDirectory, imagesDirectory, entriesDirectory: join(root, 'nowhere'), log: (record) => void records.push(record) }).all();

  it('has every system that it promises, and no file in it is wrong', () => {
    expect(records).toEqual([]);
    expect(entries.map(({ id }) => id)).toEqual(expect.arrayContaining([
      'builtin-arm', 'builtin-i386', 'builtin-installer', 'gnumach-x86-64', 'hurd-x86-64', 'linux-arm', 'linux-debian', 'linux-x86-64',
      'minix2', 'minix3-arm', 'minix3-i386', 'own-disk', 'own-iso', 'own-kernel',
    ]));
  });

  it.each(entries.map((entry) => [entry.id, entry] as const))('%s names a phase table, a script and shipped images that are there, with their digests', (_, { boot, images, phaseTable, install }) => {
    expect(existsSync(join(resourcesDirectory, 'phases', `${phaseTable}.json`))).toBe(true);
    if (install?.script != null) expect(existsSync(join(resourcesDirectory, 'installs', `${install.script}.yaml`))).toBe(true);
    for (const shipped of [boot.kernel, ...images.map(({ source }) => source)].filter((image) => image?.kind === 'shipped')) {
      expect(createHash('sha256').update(readFileSync(join(imagesDirectory, shipped.path))).digest('hex')).toBe(shipped.digest);
    }
  });

  it('has the Hurd twice: as it is reported to boot, and as its document claims', () => {
    const hurd = entries.find(({ id }) => id === 'hurd-x86-64');
    expect(hurd?.presets.map(({ machine, diskBus, known }) => [machine.board, diskBus, machine.cpus, known])).toEqual([['q35', 'sata', 1, 'reported'], ['pc', 'ide', 2, 'claimed']]);
  });

  it('leaves a file that is wrong out, says so, and keeps the others', () => {
    const directory = scratch();
    mkdirSync(join(directory, 'catalog'));
    const good = readFileSync(join(resourcesDirectory, 'catalog/builtin-i386.yaml'));
    for (const [name, text] of [['good', good], ['broken', 'name: ['], ['twice', 'name: a\nname: b'], ['object', '!!js/function "x"']] as const) writeFileSync(join(directory, 'catalog', `${name}.yaml`), text);
    const records: LogRecord[] = [];
    const catalog = openEntries({ resourcesDirectory: directory, imagesDirectory, entriesDirectory: scratch(), log: (record) => void records.push(record) });
    expect(catalog.all().map(({ id }) => id)).toEqual(['good']);
    expect(records).toHaveLength(3);
  });

  it('never follows a path out of the images', () => {
    for (const path of ['../images/builtin/built/petri-i386.elf', '/etc/passwd', 'builtin/../../x']) expect(recordedDigest(imagesDirectory, path)).toBeUndefined();
    expect(recordedDigest(imagesDirectory, 'builtin/built/petri-i386.elf')).toMatch(/^[0-9a-f]{64}$/);
  });
});
