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
  it('has both built-in guests, each with an image of the digest that it names and a phase table', () => {
    const records: LogRecord[] = [];
    const entries = openEntries({ resourcesDirectory, imagesDirectory, entriesDirectory: scratch(), log: (record) => void records.push(record) }).all();
    expect(records).toEqual([]);
    expect(entries.map(({ id }) => id)).toEqual(expect.arrayContaining(['builtin-arm', 'builtin-i386']));
    for (const { boot, phaseTable } of entries) {
      if (boot.kernel?.kind !== 'shipped') throw new Error('a shipped catalog names a file of a user');
      const bytes = readFileSync(join(imagesDirectory, boot.kernel.path));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(boot.kernel.digest);
      expect(existsSync(join(resourcesDirectory, 'phases', `${phaseTable}.json`))).toBe(true);
    }
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
