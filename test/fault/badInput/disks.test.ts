// Disk images that are none, or that are broken, and disks that somebody else uses: each has its own declared error, and
// nothing is made, changed or left running.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { explain, type ErrorCode, type Failure } from '../../../electron/contract/errors.ts';
import { makeCommandLine } from '../../support/commandLine.ts';
import { MIB, qemuIo, taskDone, taskEnd } from '../../support/diskTools.ts';
import { makeLabPlace, type DoorlessLab, type LabPlace } from '../../support/labPlace.ts';
import { contentsOf, failureOf, refusal, wordsOf } from '../../support/refusal.ts';
import { canMount, cannotMount, fillDisk, smallDisk } from '../../support/smallDisk.ts';

let place: LabPlace;
let opened: DoorlessLab;
let path: string;
let files: string;
beforeEach(async () => {
  place = makeLabPlace();
  opened = await place.open();
  files = join(place.path, 'files');
  mkdirSync(files);
  path = join(files, 'image');
});
afterEach(() => place.close());

function makeQcow2(...args: string[]): void {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...args, path, '4M']);
}
function filledQcow2(): Buffer {
  makeQcow2();
  qemuIo(path, 'qcow2', 'write -P 5 0 1M');
  return readFileSync(path);
}
/** Puts a number of 8 bytes into an image, at an offset that its header gives. */
function patch(bytes: Buffer, at: number, value: bigint): void {
  bytes.writeBigUInt64BE(value, at);
  writeFileSync(path, bytes);
}
const levelOne = (bytes: Buffer): number => Number(bytes.readBigUInt64BE(40));

const wrong: readonly (readonly [string, ErrorCode, () => void, RegExp])[] = [
  ['missing', 'IMAGE_MISSING', () => undefined, /ENOENT/],
  ['empty', 'IMAGE_EMPTY', () => writeFileSync(path, ''), /0 bytes/],
  ['a text file with the name of an ISO', 'DISK_FORMAT_UNKNOWN', () => writeFileSync(path, 'This is a letter to my aunt, and no disk.\n'.repeat(100)), /begins with .*letter/],
  ['a web page', 'IMAGE_IS_WEB_PAGE', () => writeFileSync(path, '<!DOCTYPE html><title>404 Not Found</title>'), /404|DOCTYPE/],
  ['an archive', 'DISK_FORMAT_UNKNOWN', () => writeFileSync(path, Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(8_000, 3)])), /1f 8b/],
  ['a directory', 'IMAGE_NOT_A_FILE', () => mkdirSync(path), /a directory/],
  ['a FIFO that nobody writes to', 'IMAGE_NOT_A_FILE', () => void execFileSync('mkfifo', [path]), /a named pipe/],
  ['raw and cut off in a sector', 'IMAGE_TRUNCATED', () => writeFileSync(path, Buffer.alloc(10_000)), /the last sector needs 10240 bytes/],
  ['qcow2 and cut off in its tables', 'IMAGE_TRUNCATED', () => { makeQcow2(); truncateSync(path, 70_000); }, /the (first table|table of reference counts) needs/],
  ['qcow2 and cut off in its data', 'DISK_DAMAGED', () => { const { length } = filledQcow2(); truncateSync(path, length - 600_000); }, /end of the file|ERROR/],
  ['qcow2 with a header that cannot be', 'DISK_DAMAGED', () => { const bytes = filledQcow2(); bytes.writeUInt32BE(63, 20); writeFileSync(path, bytes); }, /clusters of 2\^63 bytes are impossible/],
  ['qcow2 with a table where no file reaches', 'DISK_DAMAGED', () => { const bytes = filledQcow2(); patch(bytes, 40, 0xffff_ffff_0003_0000n); }, /the first table would end at byte 18446744069414780936, where no file reaches/],
  ['qcow2 with a table that leads to itself', 'DISK_DAMAGED', () => { const bytes = filledQcow2(); patch(bytes, levelOne(bytes), BigInt(levelOne(bytes)) | (1n << 63n)); }, /ERROR cluster/],
  ['qcow2 with counts that count themselves', 'DISK_DAMAGED', () => { const bytes = filledQcow2(); const table = bytes.readBigUInt64BE(48); patch(bytes, Number(table), table); }, /ERROR cluster \d+ refcount=0 reference=1/],
  ['qcow2 that rests on itself', 'DISK_DAMAGED', () => makeQcow2('-u', '-b', 'image', '-F', 'qcow2'), /leads back to itself: .*image → .*image/],
  ['qcow2 that rests on one that rests on it', 'DISK_DAMAGED', () => { makeQcow2('-u', '-b', 'other', '-F', 'qcow2'); execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-u', '-b', path, '-F', 'qcow2', join(files, 'other'), '4M']); }, /image → .*other → .*image/],
  ['qcow2 that rests on a file outside', 'DISK_BACKED_OUTSIDE', () => makeQcow2('-u', '-b', '/etc/passwd', '-F', 'raw'), /\/etc\/passwd/],
  ['qcow2 with its data in another file', 'DISK_BACKED_OUTSIDE', () => makeQcow2('-o', `data_file=${join(place.path, 'data.raw')}`), /external data file/],
];

describe.each(wrong)('a disk image that is %s', (_name, code, spoil, evidence) => {
  test.each([false, true])('is refused, and nothing is made of it (used in place: %s)', async (inPlace) => {
    spoil();
    const [disks, before] = [join(place.dataDirectory, 'disks'), place.leaks.list().processes];
    const contents = contentsOf(disks);
    const { task } = await opened.client.disks.import({ name: 'Wrong', source: { path }, inPlace });
    const { state, failure } = await taskEnd(opened.client, task);
    expect({ state, code: failure?.code }).toEqual({ state: 'failed', code });
    const words = wordsOf(failure as Failure);
    expect(words.evidence.join('\n')).toMatch(evidence);
    expect(await opened.client.disks.list()).toEqual([]);
    expect(contentsOf(disks)).toEqual(contents);
    expect(place.leaks.list().processes).toEqual(before);
  });
});

test('the command line says the same, as words and as JSON, and ends with 4', { timeout: 60_000 }, async () => {
  writeFileSync(path, 'This is a letter to my aunt, and no disk.\n'.repeat(100));
  const line = makeCommandLine();
  try {
    const words = await line.run('disk', 'import', path);
    expect(words.exitCode).toBe(4);
    expect(words.error).toMatch(/is no disk image\.[^]*begins with[^]*fix: Choose a qcow2[^]*\(DISK_FORMAT_UNKNOWN\)/);
    const json = await line.run('disk', 'import', path, '--json');
    expect(json.exitCode).toBe(4);
    expect(json.out + json.error).toContain('"DISK_FORMAT_UNKNOWN"');
    expect((await line.run('disk', 'list', '--json')).out.trim()).toBe('[]');
  } finally {
    await line.close();
  }
});

describe('a disk that somebody else uses', () => {
  const guestWith = async (disk: string, name: string): Promise<string> => {
    const { definition } = await opened.client.guests.createFromCatalog({ entry: 'builtin-i386', name });
    await opened.client.guests.update({ id: definition.id, change: { accelerator: 'tcg', disks: [{ disk, bus: 'ide', readOnly: false }] } });
    return definition.id;
  };

  test('is not given to a second guest, which is told whose it is; nor altered', async () => {
    const { client } = opened;
    const { id } = await client.disks.create({ name: 'Shared', bytes: MIB });
    const [first, second] = [await guestWith(id, 'First'), await guestWith(id, 'Second')];
    await client.guests.start({ id: first });
    const { details } = await refusal('DISK_IN_USE', [place.runDirectory], () => client.guests.start({ id: second }));
    expect(details).toMatchObject({ disk: 'Shared', by: ['First'] });
    expect((await client.guests.get({ id: second })).runtime.state).toBe('stopped');
    for (const act of [() => client.disks.resize({ id, bytes: 2 * MIB }), () => client.disks.compact({ id }), () => client.disks.digest({ id }), () => client.disks.clone({ id, name: 'c', kind: 'linked' })]) {
      expect(await failureOf(act)).toMatchObject({ code: 'DISK_IN_USE', details: { disk: 'Shared', by: ['First'] } });
    }
    const { obstacles } = await client.snapshots.tree({ guest: second });
    expect(obstacles.join()).toContain('in use: First');
    await client.guests.kill({ id: first });
    await client.guests.start({ id: second });
  });

  test('is not deleted while a guest has it, whether that runs or not; the way out is said', async () => {
    const { client } = opened;
    const { id } = await client.disks.create({ name: 'Kept', bytes: MIB });
    await guestWith(id, 'Owner');
    const failure = await failureOf(() => client.disks.remove({ id }));
    expect(failure).toMatchObject({ code: 'DISK_IN_USE', details: { disk: 'Kept', by: ['Owner'] } });
    expect(explain(failure).fix).toContain('Take it out');
  });

  test.each([
    ['its own path', (other: string) => other],
    ['a symbolic link', (other: string) => { const link = join(files, 'symbolic'); symlinkSync(other, link); return link; }],
    ['a hard link', (other: string) => { const link = join(files, 'hard'); linkSync(other, link); return link; }],
  ])('is not made a second disk by %s', async (_how, nameOf) => {
    const { client } = opened;
    writeFileSync(path, Buffer.alloc(MIB));
    await taskDone(client, await client.disks.import({ name: 'Own', source: { path }, inPlace: true }));
    const { path: layer } = await client.disks.create({ name: 'Layered', bytes: MIB });
    for (const [file, name] of [[path, 'Own'], [layer, 'Layered']] as const) {
      const other = nameOf(file);
      const { failure } = await taskEnd(client, (await client.disks.import({ name: 'Again', source: { path: other }, inPlace: true })).task);
      expect(failure).toMatchObject({ code: 'PATH_REFUSED', details: { path: other } });
      expect(explain(failure as Failure).evidence.join()).toContain(`the disk "${name}" already`);
      if (other !== file) rmSync(other);
    }
    expect((await client.disks.list()).map(({ name }) => name)).toEqual(['Own', 'Layered']);
    // A copy of the content is another disk.
    await taskDone(client, await client.disks.import({ name: 'Copy', source: { path }, inPlace: false }));
  });

  test('is not lent to a second guest, nor twice to one, when two disks became the same file', async () => {
    const { client } = opened;
    const other = join(files, 'other');
    writeFileSync(path, Buffer.alloc(MIB));
    copyFileSync(path, other);
    const importInPlace = async (name: string, file: string): Promise<string> => {
      const started = await client.disks.import({ name, source: { path: file }, inPlace: true });
      await taskDone(client, started);
      return started.disk;
    };
    const [one, two] = [await importInPlace('One', path), await importInPlace('Two', other)];
    rmSync(other);
    linkSync(path, other);
    const [first, second] = [await guestWith(one, 'First'), await guestWith(two, 'Second')];
    await client.guests.start({ id: first });
    expect(await failureOf(() => client.guests.start({ id: second }))).toMatchObject({ code: 'DISK_IN_USE', details: { disk: 'Two', by: ['First'] } });
    await client.guests.kill({ id: first });
    await client.guests.update({ id: first, change: { disks: [one, two].map((disk) => ({ disk, bus: 'ide' as const, readOnly: false })) } });
    expect(await failureOf(() => client.guests.start({ id: first }))).toMatchObject({ code: 'DISK_IN_USE', details: { disk: 'Two', by: ['First'] } });
    await client.guests.update({ id: first, change: { disks: [{ disk: one, bus: 'ide', readOnly: false }] } });
    await client.guests.start({ id: first });
  });

  test('is not snapshotted while another program holds it open, which is named', async () => {
    const { client } = opened;
    const { id, path: layer } = await client.disks.create({ name: 'Held', bytes: MIB });
    const guest = await guestWith(id, 'Holder');
    const holder = spawn('qemu-io', ['-f', 'qcow2', layer], { stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = once(holder, 'exit');
    try {
      // Its prompt says that it has opened the file.
      holder.stdin.write('length\n');
      await once(holder.stdout, 'data');
      const before = contentsOf(join(place.dataDirectory, 'disks'));
      const { task } = await client.snapshots.take({ guest, name: 'no' });
      const { failure } = await taskEnd(client, task);
      expect(failure).toMatchObject({ code: 'DISK_IN_USE', details: { disk: 'Held' } });
      expect(explain(failure as Failure).evidence.join()).toContain(`qemu-io (process ${holder.pid})`);
      expect(contentsOf(join(place.dataDirectory, 'disks'))).toEqual(before);
      expect((await client.snapshots.tree({ guest })).snapshots).toEqual([]);
    } finally {
      holder.stdin.end('quit\n');
      await ended;
    }
    await taskDone(client, await client.snapshots.take({ guest, name: 'yes' }));
  });
});

test('an export never replaces a file', async () => {
  const { client } = opened;
  const { id } = await client.disks.create({ name: 'Out', bytes: MIB });
  writeFileSync(path, 'mine');
  await refusal('FILE_EXISTS', [files, place.runDirectory], () => client.disks.export({ id, path, format: 'raw' }));
  await refusal('PATH_REFUSED', [files, place.runDirectory], () => client.disks.export({ id, path: join(files, 'nowhere', 'x'), format: 'raw' }));
  expect(readFileSync(path, 'utf8')).toBe('mine');
});

describe('a file system without space', () => {
  test.skipIf(!canMount)(`refuses an export before it writes, and one that fills meanwhile leaves nothing (skipped: ${cannotMount})`, async () => {
    const { client } = opened;
    const disk = await client.disks.create({ name: 'Large', bytes: 16 * MIB });
    qemuIo(disk.path, 'qcow2', 'write -P 6 0 8M');
    const small = smallDisk(4 * 1_024);
    const early = await client.disks.export({ id: disk.id, path: join(small, 'a.qcow2'), format: 'qcow2' });
    expect((await taskEnd(client, early.task)).failure).toMatchObject({ code: 'SPACE_TOO_SMALL' });
    expect(contentsOf(small)).toEqual({});
    const larger = smallDisk(20 * 1_024);
    const export_ = await client.disks.export({ id: disk.id, path: join(larger, 'a.qcow2'), format: 'qcow2' });
    const ballast = fillDisk(larger);
    const { failure, state } = await taskEnd(client, export_.task);
    // It may have been faster than the ballast; then it is whole.
    if (state === 'failed') expect(['DISK_FULL', 'SPACE_TOO_SMALL']).toContain(failure?.code);
    expect(Object.keys(contentsOf(larger)).filter((name) => name !== 'ballast')).toEqual(state === 'done' ? ['a.qcow2'] : []);
    expect(ballast).toContain('ballast');
  });
});
