import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { latestVersion, migrations } from '../../../electron/host/storage/migrations.ts';
import { repairDatabase } from '../../../electron/host/storage/repairDatabase.ts';
import { declared } from '../../support/declared.ts';
import { scratch } from '../../support/scratch.ts';
import { noteOf, openNotes, writeNotes } from '../../support/storageFixture.ts';

const now = latestVersion(migrations);

/** A note has some 1.6 kB, a page 4 KiB. */
const RECORDS_ON_A_PAGE = 4;

const databaseOf = (path: string) => join(path, 'lab.sqlite');

function damaged(damage: (file: string) => void): string {
  const path = join(scratch(), 'lab');
  writeNotes(path, 300);
  damage(databaseOf(path));
  return path;
}

const cutTo = (part: number) => (file: string) => truncateSync(file, Math.floor(statSync(file).size * part));

describe('a damaged database', () => {
  it.each([
    ['cut off in the middle', cutTo(0.5)],
    ['cut off inside its header', (file: string) => truncateSync(file, 50)],
    ['empty', cutTo(0)],
    ['not a database', (file: string) => writeFileSync(file, '<!DOCTYPE html><title>404</title>'.repeat(100))],
  ])('is refused when it is %s, and left as it is', async (_, damage) => {
    const path = damaged(damage);
    const before = readFileSync(databaseOf(path));
    const { details, evidence, fix } = await declared('DATABASE_DAMAGED', () => openDataDirectory(path));
    expect(details.path).toBe(databaseOf(path));
    expect(evidence.join('\n')).toContain('lab.sqlite');
    expect(fix).toContain('doctor --repair');
    expect(readFileSync(databaseOf(path)).equals(before)).toBe(true);
  });
});

describe('the repair', () => {
  it('restores every record that is still in the file, keeps the damaged file, and says how many were lost at least', () => {
    const path = damaged(cutTo(0.5));
    const before = readFileSync(databaseOf(path));
    const report = repairDatabase(path);
    expect(report.outcome).toBe('repaired');
    expect(report.documents).toBeGreaterThan(100);
    expect(report.documents + (report.unreadable ?? 0)).toBeGreaterThan(300 - RECORDS_ON_A_PAGE);
    expect(report.documents + (report.unreadable ?? 0)).toBeLessThanOrEqual(300);
    expect(readFileSync(report.keptAs ?? '').equals(before)).toBe(true);

    const data = openDataDirectory(path);
    const restored = openNotes(data).all();
    expect(restored).toHaveLength(report.documents);
    expect(restored).toEqual(expect.arrayContaining([noteOf(0), noteOf(50)]));
    data.dispose();
  });

  it('restores what is before and after a lost page in the middle', () => {
    const path = damaged((file) => {
      const bytes = readFileSync(file);
      const page = 4_096 * Math.floor(bytes.length / 4_096 / 2);
      writeFileSync(file, Buffer.concat([bytes.subarray(0, page), Buffer.alloc(4_096, 0xa5), bytes.subarray(page + 4_096)]));
    });
    const report = repairDatabase(path);
    expect(report).toMatchObject({ outcome: 'repaired', fromBackup: 0 });
    expect(report.documents).toBeGreaterThan(280);
    const data = openDataDirectory(path);
    expect(openNotes(data).all()).toEqual(expect.arrayContaining([noteOf(0), noteOf(299)]));
    data.dispose();
  });

  it('takes what is lost from the newest backup', () => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 300);
    const data = openDataDirectory(path, [...migrations, { version: now + 1, up: () => undefined }]);
    data.database.pragma(`user_version = ${now}`);
    data.dispose();
    truncateSync(databaseOf(path));
    const report = repairDatabase(path);
    expect(report).toMatchObject({ documents: 300, fromBackup: 300, unreadable: null });
  });

  it('makes an empty database where nothing can be read, and still keeps the file', () => {
    const path = damaged((file) => writeFileSync(file, 'x'.repeat(9_000)));
    const { keptAs, documents, unreadable } = repairDatabase(path);
    expect({ documents, unreadable }).toEqual({ documents: 0, unreadable: null });
    expect(readFileSync(keptAs ?? '', 'utf8')).toBe('x'.repeat(9_000));
    openDataDirectory(path).dispose();
  });

  it('does nothing to a whole database', () => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 2);
    expect(repairDatabase(path)).toEqual({ outcome: 'whole', keptAs: null, documents: 2, samples: 0, unreadable: 0, fromBackup: 0 });
    expect(readdirSync(path).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('keeps its hands off a database that a lab uses, or that a newer Petri wrote', async () => {
    const path = join(scratch(), 'lab');
    const data = openDataDirectory(path);
    await declared('LAB_LOCKED', () => repairDatabase(path));
    data.database.pragma('user_version = 9');
    data.dispose();
    await declared('DATA_NEWER', () => repairDatabase(path));
    expect(existsSync(databaseOf(path))).toBe(true);
  });

  it('leaves no temporary file', () => {
    const path = damaged(cutTo(0.5));
    repairDatabase(path);
    expect(readdirSync(path).filter((name) => name.endsWith('.partial') || name.startsWith('.'))).toEqual([]);
  });
});
