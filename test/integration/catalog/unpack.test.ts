import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { Unpacking } from '../../../electron/core/catalog/fileKind.ts';
import { unpack, type UnpackOptions } from '../../../electron/host/downloads/unpack.ts';
import { declared } from '../../support/declared.ts';
import { scratch } from '../../support/scratch.ts';

const image = Buffer.concat([randomBytes(200_000), Buffer.alloc(3_000_000), randomBytes(100_000)]);

interface Work {
  readonly directory: string;
  readonly options: (source: string, format: Unpacking, more?: Partial<UnpackOptions>) => UnpackOptions;
}
function work(): Work {
  const directory = scratch();
  writeFileSync(join(directory, 'disk.img'), image);
  return {
    directory,
    options: (source, format, more = {}) => ({ source: join(directory, source), format, member: undefined, target: join(directory, 'target'), signal: new AbortController().signal, report: () => undefined, ...more }),
  };
}
const run = (directory: string, command: string, ...args: string[]): void => void execFileSync(command, args, { cwd: directory });

async function tarball(members: Record<string, Buffer | 'folder'>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(members)) {
    if (content === 'folder') archive.entry({ name, type: 'directory' });
    else archive.entry({ name }, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('unpacking', () => {
  it.each([
    ['none', 'disk.img', undefined],
    ['xz', 'disk.img.xz', ['xz', '-k', '-1', 'disk.img']],
    ['bzip2', 'disk.img.bz2', ['bzip2', '-k', 'disk.img']],
    ['gzip', 'disk.img.gz', ['gzip', '-k', 'disk.img']],
    ['zip', 'disk.zip', ['zip', '-q', 'disk.zip', 'disk.img']],
    ['tar.xz', 'disk.tar.xz', ['tar', '-cJf', 'disk.tar.xz', 'disk.img']],
    ['tar.gz', 'disk.tar.gz', ['tar', '-czf', 'disk.tar.gz', 'disk.img']],
    ['tar.bz2', 'disk.tar.bz2', ['tar', '-cjf', 'disk.tar.bz2', 'disk.img']],
  ] as const)('%s gives every byte back, tells how far it is, and keeps holes', async (format, name, command) => {
    const { directory, options } = work();
    if (command !== undefined) run(directory, ...(command as unknown as [string, ...string[]]));
    const told: number[] = [];
    await unpack(options(name, format, { report: (bytes) => void told.push(bytes) }));
    expect(readFileSync(join(directory, 'target')).equals(image)).toBe(true);
    expect(told.at(-1)).toBeGreaterThan(0);
    // The zeros in the middle take no space: blocks are of 512 bytes (stat(2)).
    expect(statSync(join(directory, 'target')).blocks * 512).toBeLessThan(1_000_000);
  });

  it.each([['xz', 'disk.img.xz', ['xz', '-k', '-1', 'disk.img']], ['bzip2', 'disk.img.bz2', ['bzip2', '-k', 'disk.img']], ['gzip', 'disk.img.gz', ['gzip', '-k', 'disk.img']], ['zip', 'disk.zip', ['zip', '-q', 'disk.zip', 'disk.img']], ['tar.xz', 'disk.tar.xz', ['tar', '-cJf', 'disk.tar.xz', 'disk.img']]] as const)('%s that is cut off or altered is damaged, and leaves nothing', async (format, name, command) => {
    const { directory, options } = work();
    run(directory, ...(command as unknown as [string, ...string[]]));
    const path = join(directory, name);
    const whole = readFileSync(path);
    truncateSync(path, Math.floor(whole.length / 2));
    expect((await declared('ARCHIVE_DAMAGED', () => unpack(options(name, format)))).details.reason).not.toBe('');
    const altered = Buffer.from(whole);
    const at = Math.floor(whole.length / 3);
    altered.writeUInt8(altered.readUInt8(at) ^ 0xff, at);
    writeFileSync(path, altered);
    await declared('ARCHIVE_DAMAGED', () => unpack(options(name, format)));
    expect(existsSync(join(directory, 'target'))).toBe(false);
  });

  it('takes the member that is named, and no archive with several where none is', async () => {
    const { directory, options } = work();
    writeFileSync(join(directory, 'a.tar.gz'), gzipSync(await tarball({ 'x/': 'folder', 'x/readme': Buffer.from('read me'), './x/disk.img': image })));
    expect((await declared('ARCHIVE_DAMAGED', () => unpack(options('a.tar.gz', 'tar.gz')))).details.reason).toMatch(/^it holds several files, and none is named: x\/readme/);
    await unpack(options('a.tar.gz', 'tar.gz', { member: 'x/disk.img' }));
    expect(readFileSync(join(directory, 'target')).equals(image)).toBe(true);
    expect((await declared('ARCHIVE_DAMAGED', () => unpack(options('a.tar.gz', 'tar.gz', { member: 'y', target: join(directory, 'other') })))).details.reason).toBe('it holds no file y');
    mkdirSync(join(directory, 'x'));
    writeFileSync(join(directory, 'x/disk.img'), image);
    run(directory, 'zip', '-qr', 'b.zip', 'x', 'disk.img');
    await unpack(options('b.zip', 'zip', { member: 'x/disk.img', target: join(directory, 'zipped') }));
    expect(readFileSync(join(directory, 'zipped')).equals(image)).toBe(true);
  });

  it.each(['../../outside', '/etc/passwd', 'a/../../b', 'C:\\x'])('refuses an archive with the member %s whole, and writes nowhere', async (name) => {
    const { directory, options } = work();
    writeFileSync(join(directory, 'evil.tar.gz'), gzipSync(await tarball({ [name]: Buffer.from('owned') })));
    const before = readdirSync(directory);
    expect((await declared('ARCHIVE_DAMAGED', () => unpack(options('evil.tar.gz', 'tar.gz')))).details.reason).toContain('leads out of the archive');
    expect(readdirSync(directory)).toEqual(before);
  });

  it('never follows a link in an archive: a link is no file', async () => {
    const { directory, options } = work();
    symlinkSync('/etc/passwd', join(directory, 'link'));
    run(directory, 'tar', '-czf', 'link.tar.gz', 'link');
    expect((await declared('ARCHIVE_DAMAGED', () => unpack(options('link.tar.gz', 'tar.gz')))).details.reason).toBe('it holds no file');
  });

  it('stops a bomb at its limit, and a zip that lies about its size at what it promised', async () => {
    const { directory, options } = work();
    writeFileSync(join(directory, 'bomb.gz'), gzipSync(Buffer.alloc(50_000_000)));
    expect(statSync(join(directory, 'bomb.gz')).size).toBeLessThan(100_000);
    expect((await declared('ARCHIVE_DAMAGED', () => unpack(options('bomb.gz', 'gzip', { limitBytes: 1_000_000 })))).details.reason).toBe('it unpacks to more than 1000000 bytes');
    run(directory, 'zip', '-q', 'liar.zip', 'disk.img');
    const liar = readFileSync(join(directory, 'liar.zip'));
    // The size in the list of files (APPNOTE 4.3.12: 24 bytes behind the signature).
    liar.writeUInt32LE(1_000, liar.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
    writeFileSync(join(directory, 'liar.zip'), liar);
    expect((await declared('ARCHIVE_DAMAGED', () => unpack(options('liar.zip', 'zip')))).details.reason).toContain('more than the 1000 bytes');
    expect(existsSync(join(directory, 'target'))).toBe(false);
  });

  it('ends when it is cancelled, with nothing left and no program running', async () => {
    const { directory, options } = work();
    run(directory, 'xz', '-k', '-0', 'disk.img');
    const abort = new AbortController();
    await expect(unpack(options('disk.img.xz', 'xz', { signal: abort.signal, report: () => abort.abort(new Error('enough')) }))).rejects.toThrow();
    expect(existsSync(join(directory, 'target'))).toBe(false);
    const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid && commandOf(pid).startsWith('xz\0'));
    expect(children).toEqual([]);
  });
});

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It ended meanwhile.
  }
};
const commandOf = (pid: string): string => read(`/proc/${pid}/cmdline`);
/** The fourth field of stat (proc(5)), after the command in parentheses. */
const parentOf = (pid: string): number => Number(read(`/proc/${pid}/stat`).replace(/^.*\) . /s, '').split(' ')[0]);
