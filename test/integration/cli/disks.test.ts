import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Disk } from '../../../electron/contract/disks.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import type { SnapshotTree } from '../../../electron/contract/snapshots.ts';
import { makeCommandLine, type CommandLine } from '../../support/commandLine.ts';

let line: CommandLine;
beforeAll(() => void (line = makeCommandLine()));
afterAll(() => line.close());

async function told<Value>(...args: string[]): Promise<Value> {
  const { exitCode, out, error } = await line.run(...args, '--json');
  if (exitCode !== 0) throw new Error(error);
  return JSON.parse(out) as Value;
}

test('a disk is made, cloned, told, exported and thrown away in the terminal', async () => {
  const disk = await told<Disk>('disk', 'create', 'Data', '8M');
  expect(disk).toMatchObject({ name: 'Data', virtualBytes: 8 * 1_048_576 });
  const clone = await told<Disk>('disk', 'clone', 'Data', '--name', 'Twin');
  expect(clone.cloneOf).toBe(disk.id);
  expect((await line.run('disk', 'list')).out).toMatch(/Data +qcow2 +8 MiB[^\n]*\n[^\n]*Twin +qcow2 +8 MiB .* data-/);
  const refused = await line.run('disk', 'remove', 'Data');
  expect([refused.exitCode, refused.error]).toEqual([4, expect.stringContaining('(DISK_HAS_CLONES)')]);
  const path = join(line.folder, 'out.raw');
  const { digest } = await told<{ digest: string }>('disk', 'export', 'Twin', path, '--format', 'raw');
  expect(existsSync(path)).toBe(true);
  expect((await line.run('disk', 'digest', 'Twin')).out).toBe(`${digest}  8388608 bytes\n`);
  expect((await line.run('disk', 'check', 'Twin')).out).toContain('clean');
  expect((await line.run('disk', 'remove', 'Twin')).out).toContain('petri disk restore');
  expect((await line.run('disk', 'restore', 'Twin')).out).toContain('is back');
  expect((await line.run('disk', 'create', 'Bad', 'huge')).exitCode).toBe(2);
  const twin = await told<Disk>('disk', 'create', 'Data', '8M');
  const several = await line.run('disk', 'digest', 'Data');
  expect([several.exitCode, several.error]).toEqual([2, expect.stringMatching(/2 disks bear the name "Data": say the id/)]);
  expect(several.error).toContain(twin.id);
  // Names are free, as clones and imports need it: the list says by the id which is which.
  const listed = (await line.run('disk', 'list')).out.split('\n').filter((row) => / Data +qcow2/.test(row)).map((row) => row.split(' ')[0]);
  expect(listed.sort()).toEqual([disk.id, twin.id].sort());
  // A file's name may be one that no disk can have.
  const strange = join(line.folder, ' a\nstrange\tname.raw');
  copyFileSync(path, strange);
  expect(await told<Disk>('disk', 'import', strange)).toMatchObject({ name: 'a strange name' });
});

test('a guest is snapshotted, taken back and verified, and the tree is drawn', async () => {
  const { definition } = await told<Guest>('launch', 'builtin-i386');
  await told('snapshot', 'take', definition.id, '--name', 'fresh');
  await told('snapshot', 'take', definition.id, '--name', 'later', '--notes', 'why');
  // The guest's name has spaces: the line that takes it back is one that a shell understands.
  expect((await line.run('snapshot', 'revert', definition.name, 'fresh')).out).toMatch(/petri snapshot revert 'Petri for i386' s[0-9a-f]+\n$/);
  const drawn = (await line.run('snapshot', 'list', definition.id)).out;
  expect(drawn).toMatch(/^fresh {2}.*← the guest stands here\n└─ later[^\n]*\n {3}└─ Before going back to fresh/);
  await told('snapshot', 'remove', definition.id, 'later');
  const tree = await told<SnapshotTree>('snapshot', 'list', definition.id);
  expect(tree.snapshots.map(({ name }) => name)).toEqual(['fresh', 'Before going back to fresh']);
  await told('snapshot', 'restore', definition.id, 'later');
  expect((await line.run('snapshot', 'verify', definition.id, 'fresh')).exitCode).toBe(0);
});
