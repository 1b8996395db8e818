import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { latestVersion, migrations, type Migration } from '../../../electron/host/storage/migrations.ts';
import { declared } from '../../support/declared.ts';
import { scratch } from '../../support/scratch.ts';
import { noteOf, openNotes, writeNotes } from '../../support/storageFixture.ts';

const contents = (directory: string) => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();

describe('a data directory', () => {
  it('is made in an absent folder, keeps what is put into it and is there when it is opened again', () => {
    const path = join(scratch(), 'deep', 'lab');
    writeNotes(path, 3);
    const data = openDataDirectory(path);
    expect(openNotes(data).all()).toEqual([noteOf(0), noteOf(1), noteOf(2)]);
    data.dispose();
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it.each([['spaces and  more'], [`quotes ' and " and \``], ['a line\nbreak'], ['..dots..'], ['Ελληνικά 日本語 עברית'], ['%2e%2e?x=1#y'], ['-rf']])(
    'may be called %j',
    (name) => {
      const path = join(scratch(), name);
      writeNotes(path, 1);
      const data = openDataDirectory(path);
      expect(openNotes(data).get('note-0')).toEqual(noteOf(0));
      expect(data.blobs.read(data.blobs.put(Buffer.from('bytes'))).toString()).toBe('bytes');
      data.dispose();
      expect(readdirSync(join(path, '..'))).toEqual([name]);
    },
  );

  it('gives paths inside itself and refuses those that lead out', async () => {
    const data = openDataDirectory(join(scratch(), 'lab'));
    expect(data.file('consoles', 'guest')).toBe(join(data.path, 'consoles', 'guest'));
    expect(data.file('..data')).toBe(join(data.path, '..data'));
    for (const way of [['..'], ['a', '..', '..', 'b'], ['/etc/passwd'], ['a\0b']]) {
      const { fix } = await declared('PATH_REFUSED', () => data.file(...way));
      expect(fix).toContain('another');
    }
    data.dispose();
  });

  it.each([
    ['a file', (path: string) => writeFileSync(path, '')],
    ['below a file', (path: string) => writeFileSync(join(path, '..'), '')],
  ])('is refused where there is %s', async (_, make) => {
    const path = join(scratch(), 'parent', 'lab');
    if (_ === 'a file') mkdirSync(join(path, '..'));
    make(path);
    const { details } = await declared('PATH_REFUSED', () => openDataDirectory(path));
    expect(details.reason).toMatch(/EEXIST|ENOTDIR/);
  });

  it('removes unfinished files that a dead lab left, also among the blobs', () => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 1);
    mkdirSync(join(path, 'blobs', 'ab'));
    const left = [join(path, '.0123456789abcdef.partial'), join(path, 'blobs', 'ab', '.0123456789abcdef.partial')];
    for (const file of left) writeFileSync(file, 'half');
    openDataDirectory(path).dispose();
    expect(left.filter((file) => existsSync(file))).toEqual([]);
  });
});

describe('the lock', () => {
  it('refuses a second lab in the same process and in another, and names the holder', async () => {
    const path = join(scratch(), 'lab');
    const data = openDataDirectory(path);
    const { details } = await declared('LAB_LOCKED', () => openDataDirectory(path));
    expect(details).toEqual({ dataDirectory: path, pid: process.pid });
    expect(openElsewhere(path)).toMatchObject({ code: 'LAB_LOCKED', details: { pid: process.pid } });
    data.dispose();
    expect(openElsewhere(path)).toEqual({ opened: true });
  });

  it('dies with its process, however that ends', () => {
    const path = join(scratch(), 'lab');
    expect(openElsewhere(path, 'process.kill(process.pid, "SIGKILL")')).toBe('SIGKILL');
    expect(existsSync(join(path, 'lock.json'))).toBe(true);
    openDataDirectory(path).dispose();
  });

  it('leaves the directory as it is when it is refused', async () => {
    const path = join(scratch(), 'lab');
    const data = openDataDirectory(path);
    const before = contents(path);
    await declared('LAB_LOCKED', () => openDataDirectory(path));
    expect(contents(path)).toEqual(before);
    data.dispose();
  });
});

/** Opens the directory in a process of its own: what it threw, or how it was ended. */
function openElsewhere(path: string, then = ''): unknown {
  const module = JSON.stringify(join(import.meta.dirname, '../../../electron/host/storage/dataDirectory.ts'));
  const script = `
    const { openDataDirectory } = await import(${module});
    let answer;
    try { openDataDirectory(process.argv[1]); ${then}; answer = { opened: true }; }
    catch (error) { answer = error.failure ?? { error: String(error) }; }
    process.stdout.write(JSON.stringify(answer));`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, path], { encoding: 'utf8' });
  return signal ?? JSON.parse(stdout);
}

const now = latestVersion(migrations);
const withNextVersion: readonly Migration[] = [
  ...migrations,
  { version: now + 1, up: (database) => database.exec('ALTER TABLE documents ADD COLUMN colour TEXT') },
];

describe('versions', () => {
  it('carries an older directory forward after a backup of the whole database', () => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 2);
    const data = openDataDirectory(path, withNextVersion);
    expect(data.database.prepare('SELECT colour FROM documents').all()).toHaveLength(2);
    expect(openNotes(data).all()).toHaveLength(2);
    data.dispose();
    const [backup] = readdirSync(join(path, 'backups'));
    expect(backup).toMatch(new RegExp(`^lab-v${now}-`));
    const copy = new Database(join(path, 'backups', backup ?? ''), { readonly: true });
    expect(copy.prepare('SELECT count(*) AS n FROM documents').get()).toEqual({ n: 2 });
    copy.close();
  });

  it('leaves the database as it was when a migration fails', () => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 2);
    const failing: Migration[] = [...migrations, { version: now + 1, up: (database) => database.exec('DELETE FROM documents; SELECT nonsense') }];
    expect(() => openDataDirectory(path, failing)).toThrow('nonsense');
    const data = openDataDirectory(path);
    expect(openNotes(data).all()).toHaveLength(2);
    data.dispose();
  });

  it('refuses a directory of a newer Petri and changes nothing in it', async () => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 1);
    openDataDirectory(path, withNextVersion).dispose();
    const before = contents(path);
    const { details, fix } = await declared('DATA_NEWER', () => openDataDirectory(path));
    expect(details).toMatchObject({ version: now + 1, supported: now });
    expect(fix).toContain('Update Petri');
    expect(contents(path)).toEqual(before);
  });

  it('refuses one of which only the marker can be understood before it so much as takes the lock', async () => {
    const path = scratch();
    writeFileSync(join(path, 'petri.json'), '{"format":"Petri data directory","version":9}');
    await declared('DATA_NEWER', () => openDataDirectory(path));
    expect(contents(path)).toEqual(['petri.json']);
  });

  it('believes the database when the marker was not brought up to date', async () => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 1);
    const marker = readFileSync(join(path, 'petri.json'));
    openDataDirectory(path, withNextVersion).dispose();
    writeFileSync(join(path, 'petri.json'), marker);
    await declared('DATA_NEWER', () => openDataDirectory(path));
    openDataDirectory(path, withNextVersion).dispose();
    expect(readFileSync(join(path, 'petri.json'), 'utf8')).toContain(`"version":${now + 1}`);
  });
});

describe('a half-written directory', () => {
  it.each([
    ['only the lock', (path: string) => ['blobs', 'lab.sqlite', 'petri.json'].forEach((name) => rmSync(join(path, name), { recursive: true }))],
    ['an empty database and no marker', (path: string) => { truncateSync(join(path, 'lab.sqlite')); rmSync(join(path, 'petri.json')); }],
  ])('is finished where its making was interrupted: %s', (_, interrupt) => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 0);
    interrupt(path);
    openDataDirectory(path).dispose();
    expect(contents(path)).toEqual(expect.arrayContaining(['blobs', 'lab.sqlite', 'petri.json']));
  });

  it.each([['absent', undefined], ['cut off', '{"format":"Pe'], ['of another program', '{"format":"x"}']])('gets its marker again when that is %s and the records are there', (_, text) => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 2);
    rmSync(join(path, 'petri.json'));
    if (text !== undefined) writeFileSync(join(path, 'petri.json'), text);
    const data = openDataDirectory(path);
    expect(openNotes(data).all()).toHaveLength(2);
    data.dispose();
    expect(readFileSync(join(path, 'petri.json'), 'utf8')).toContain(`"version":${now}`);
  });

  it.each([['lab.sqlite'], ['blobs']])('is refused without its %s, with what is missing and what is there', async (name) => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 1);
    rmSync(join(path, name), { recursive: true });
    const before = contents(path);
    const { details, fix } = await declared('DATA_HALF_WRITTEN', () => openDataDirectory(path));
    expect(details.missing).toContain(name);
    expect(details.found).toContain('petri.json');
    expect(fix).toContain('backup');
    expect(contents(path)).toEqual(before);
  });

  it('does not make itself at home in a folder of somebody else', async () => {
    const path = scratch();
    writeFileSync(join(path, 'thesis.tex'), '');
    const { details } = await declared('DATA_HALF_WRITTEN', () => openDataDirectory(path));
    expect(details.found).toEqual(['thesis.tex']);
    expect(contents(path)).toEqual(['thesis.tex']);
  });
});

const isRoot = process.getuid?.() === 0;
const canMount = isRoot && process.platform === 'linux';

describe('a read-only directory', () => {
  it.skipIf(!isRoot)('is refused before anything is done (as another user; skipped unless root)', () => {
    const parent = scratch();
    chmodSync(parent, 0o755);
    const path = join(parent, 'lab');
    writeNotes(path, 1);
    chmodSync(path, 0o555);
    chmodSync(join(path, 'lab.sqlite'), 0o644);
    const script = `
      const { openDataDirectory } = await import(${JSON.stringify(join(import.meta.dirname, '../../../electron/host/storage/dataDirectory.ts'))});
      process.setgid(65534); process.setuid(65534);
      try { openDataDirectory(process.argv[1]); } catch (error) { process.stdout.write(JSON.stringify(error.failure ?? String(error))); }`;
    const before = contents(path);
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, path], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toMatchObject({ code: 'DATA_READ_ONLY', details: { path } });
    expect(contents(path)).toEqual(before);
  });

  it.skipIf(!canMount)('is refused on a file system that is mounted read-only (skipped unless root on Linux)', async () => {
    const path = join(scratch(), 'lab');
    writeNotes(path, 1);
    expect(spawnSync('mount', ['--bind', path, path]).status).toBe(0);
    try {
      expect(spawnSync('mount', ['-o', 'remount,bind,ro', path]).status).toBe(0);
      const { evidence, fix } = await declared('DATA_READ_ONLY', () => openDataDirectory(path));
      expect(evidence.join()).toContain('EROFS');
      expect(fix).toContain('--data');
    } finally {
      spawnSync('umount', ['--lazy', path]);
    }
    openDataDirectory(path).dispose();
  });
});
