import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cpioArchive, withDirectories, type CpioEntry } from '../../../electron/host/linux/cpio.ts';
import { bootableMedium } from '../../../electron/host/linux/iso9660.ts';
import { kernelModules, modulesDep } from '../../../electron/host/linux/kernelModules.ts';
import { neededLibraries } from '../../../electron/host/linux/sharedLibraries.ts';
import { fileKind } from '../../../electron/core/catalog/fileKind.ts';
import { hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

const files: CpioEntry[] = [
  { path: 'etc/motd', kind: 'file', mode: 0o644, content: Buffer.from('hello') },
  { path: 'bin/sh', kind: 'link', target: 'busybox' },
  { path: 'bin/busybox', kind: 'file', mode: 0o755, content: Buffer.alloc(1_001, 7) },
  { path: 'dev/console', kind: 'device', mode: 0o600, major: 5, minor: 1 },
];

describe('an initial RAM disk', () => {
  it('has every directory before what is in it, and is the same for the same files', () => {
    const complete = withDirectories(files);
    const order = complete.map(({ path }) => path);
    for (const path of ['etc/motd', 'bin/sh', 'dev/console']) expect(order.indexOf(path.slice(0, path.indexOf('/')))).toBeLessThan(order.indexOf(path));
    expect(new Set(order).size).toBe(order.length);
    expect(cpioArchive(complete).equals(cpioArchive(withDirectories(files)))).toBe(true);
  });

  it('has records of the format "newc" at multiples of four bytes, and its end', () => {
    const archive = cpioArchive(files);
    const names: string[] = [];
    for (let at = 0; ; ) {
      expect([archive.toString('latin1', at, at + 6), at % 4]).toEqual(['070701', 0]);
      const field = (index: number): number => Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
      const [size, nameSize] = [field(6), field(11)];
      const name = archive.toString('latin1', at + 110, at + 110 + nameSize - 1);
      names.push(name);
      const data = Math.ceil((at + 110 + nameSize) / 4) * 4;
      if (name === 'etc/motd') expect([archive.toString('latin1', data, data + size), field(1)]).toEqual(['hello', 0o100644]);
      if (name === 'dev/console') expect([field(1), field(9), field(10)]).toEqual([0o020600, 5, 1]);
      at = Math.ceil((data + size) / 4) * 4;
      if (name === 'TRAILER!!!') break;
    }
    expect(names).toEqual([...files.map(({ path }) => path), 'TRAILER!!!']);
  });
});

describe('a bootable medium', () => {
  const loader = Buffer.alloc(3_000, 0x90);
  const medium = bootableMedium({ volume: 'PETRI_TEST', boot: 'loader.bin', files: [{ name: 'vmlinuz', content: Buffer.from('a kernel') }, { name: 'loader.bin', content: loader }] });

  it('is ISO 9660 with El Torito, by whoever looks at it', () => {
    expect(fileKind(medium, medium.length)).toEqual({ kind: 'iso', format: 'iso9660', label: 'PETRI_TEST', bootable: true });
  });

  it.skipIf(!hasProgram('xorriso'))('gives its files to another program that reads such media', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'x.iso'), medium);
    const { status } = spawnSync('xorriso', ['-osirrox', 'on', '-indev', join(folder, 'x.iso'), '-extract', '/', join(folder, 'out')], { stdio: 'ignore' });
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'out/VMLINUZ'), 'latin1')).toBe('a kernel');
  });

  it('tells its loader where it is, and the sum of itself', () => {
    const at = medium.indexOf(Buffer.alloc(64, 0x90)) - 64;
    expect([medium.readUInt32LE(at + 8), medium.readUInt32LE(at + 12) * 2_048, medium.readUInt32LE(at + 16)]).toEqual([16, at, loader.length]);
    expect(medium.readUInt32LE(at + 20)).toBe(Number((BigInt(0x90909090) * BigInt((3_000 - 64) / 4)) & 0xffffffffn));
  });
});

describe('what a kernel and programs need', () => {
  it('brings modules after those that they need, and tells modprobe', async () => {
    const folder = scratch();
    const module = (path: string, needs: string): void => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), Buffer.from(`\x7fELF\0license=GPL\0depends=${needs}\0name=x\0`, 'latin1'));
    };
    module('kernel/fs/ext4.ko', 'jbd2,crc-x');
    module('kernel/fs/jbd2.ko', '');
    module('kernel/lib/crc-x.ko', 'jbd2');
    module('kernel/lib/other.ko', '');
    const found = await kernelModules(folder, ['ext4', 'built_in']);
    expect(found.map(({ name }) => name)).toEqual(['jbd2', 'crc_x', 'ext4']);
    expect(modulesDep(found)).toBe('kernel/fs/jbd2.ko:\nkernel/lib/crc-x.ko: kernel/fs/jbd2.ko\nkernel/fs/ext4.ko: kernel/fs/jbd2.ko kernel/lib/crc-x.ko\n');
  });

  it('reads the libraries of a program from its own tables', () => {
    expect(neededLibraries(readFileSync(process.execPath))).toEqual(expect.arrayContaining([expect.stringMatching(/^libc\.so/)]));
    expect(neededLibraries(Buffer.from('#!/bin/sh\n'))).toEqual([]);
  });
});
