import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeNamedFile } from '../../../electron/cli/run/writeNamedFile.ts';
import { openDataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { writeFileAtomically } from '../../../electron/host/storage/writeFileAtomically.ts';
import { declared } from '../../support/declared.ts';
import { scratch } from '../../support/scratch.ts';
import { noteOf, openNotes, writeNotes, type Note } from '../../support/storageFixture.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const KIB = 1_024;

/** A file system of its own in memory, so small that it is soon full. */
function smallDisk(kib: number): string {
  const path = scratch();
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  onTestFinished(() => void spawnSync('umount', ['--lazy', path]));
  return path;
}

/** Fills the disk to its last byte. */
function fill(path: string): string {
  const file = join(path, 'ballast');
  for (let size = 1_024 * KIB; size >= 1; size = Math.floor(size / 2)) {
    try {
      while (true) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for pieces of this size: smaller ones may still fit.
    }
  }
  return file;
}

describe.skipIf(!canMount)('a full disk (skipped unless root on Linux: it needs a small file system)', () => {
  it('refuses a document with DISK_FULL, keeps all that were acknowledged, and takes more once there is space', async () => {
    const disk = smallDisk(2_048);
    const data = openDataDirectory(join(disk, 'lab'));
    const notes = openNotes(data);
    const acknowledged: Note[] = [];
    const error = await declared('DISK_FULL', () => {
      for (let index = 0; index < 10_000; index += 1) {
        notes.put(`note-${index}`, noteOf(index));
        acknowledged.push(noteOf(index));
      }
    });
    expect(error.details.path).toContain('lab.sqlite');
    expect(error.fix).toContain('intact');
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(notes.all()).toEqual(acknowledged);
    data.dispose();

    const more = spawnSync('mount', ['-o', 'remount,size=16m', disk]);
    expect(more.status).toBe(0);
    const again = openDataDirectory(join(disk, 'lab'));
    expect(openNotes(again).all()).toEqual(acknowledged);
    openNotes(again).put('after', noteOf(1));
    again.dispose();
  });

  it('refuses a blob and a file with DISK_FULL and leaves neither a part nor a temporary file', async () => {
    const disk = smallDisk(1_024);
    const data = openDataDirectory(join(disk, 'lab'));
    const file = data.file('note.txt');
    writeFileAtomically(file, 'old');
    const ballast = fill(disk);
    const { details } = await declared('DISK_FULL', () => data.blobs.put(Buffer.alloc(200 * KIB, 1)));
    expect(details.availableBytes).toBe(0);
    await declared('DISK_FULL', () => writeFileAtomically(file, 'new'.repeat(100 * KIB)));
    const names = readdirSync(data.path, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.includes('.partial'))).toEqual([]);
    rmSync(ballast);
    expect(data.blobs.size(data.blobs.put(Buffer.alloc(200 * KIB, 1)))).toBe(200 * KIB);
    data.dispose();
  });

  it('refuses a file that a person named with DISK_FULL; no cut file stays, and an older one is as it was', async () => {
    const disk = smallDisk(64);
    const older = join(disk, 'older.json');
    writeNamedFile(older, Buffer.from('old'));
    fill(disk);
    for (const path of [older, join(disk, 'new.json')]) {
      await declared('DISK_FULL', () => writeNamedFile(path, Buffer.alloc(8 * KIB, 1)));
      expect(readdirSync(disk).toSorted()).toEqual(['ballast', 'older.json']);
    }
    expect(readFileSync(older, 'utf8')).toBe('old');
  });

  it('refuses to open a lab with DISK_FULL and opens it with everything once there is space', async () => {
    const disk = smallDisk(4_096);
    writeNotes(join(disk, 'lab'), 20);
    const ballast = fill(disk);
    await declared('DISK_FULL', () => openDataDirectory(join(disk, 'lab')).dispose());
    rmSync(ballast);
    const data = openDataDirectory(join(disk, 'lab'));
    expect(openNotes(data).all()).toHaveLength(20);
    data.dispose();
  });
});
