import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { declared } from '../../support/declared.ts';
import { watchForLeaks, type LeakWatch } from '../../support/leaks.ts';
import { scratch } from '../../support/scratch.ts';
import { installStandIn } from '../../support/standInQemu.ts';

let directory: string;
let leaks: LeakWatch;
beforeEach(() => {
  directory = scratch();
  leaks = watchForLeaks([directory]);
});

test('no QEMU: what was searched, and how to get it', async () => {
  const { details, evidence, fix } = await declared('QEMU_MISSING', () => findQemu('arm', {}, `${directory}/a:${directory}/b`));
  expect(details.program).toBe('qemu-system-arm');
  expect(evidence).toEqual([`searched: ${directory}/a, ${directory}/b`]);
  expect(fix).toContain('Install QEMU');
});

test('a program that is named in the settings counts alone', async () => {
  const folder = installStandIn(directory, { run: '' });
  const named = join(directory, 'my qemu');
  await declared('QEMU_MISSING', () => findQemu('i386', { i386: named }, folder));
  expect((await findQemu('i386', { i386: join(folder, 'qemu-system-arm') }, '')).version).toBe('8.2.0');
});

test('a folder or a file that is no program is passed over', async () => {
  mkdirSync(join(directory, 'first', 'qemu-system-i386'), { recursive: true });
  writeFileSync(join(directory, 'qemu-system-i386'), '');
  chmodSync(join(directory, 'qemu-system-i386'), 0o644);
  const folder = installStandIn(directory, { run: '' });
  const { program } = await findQemu('i386', {}, [join(directory, 'first'), directory, folder].join(':'));
  expect(program).toBe(join(folder, 'qemu-system-i386'));
});

test('a QEMU that is too old: its version and the one that is needed', async () => {
  const folder = installStandIn(directory, { version: 'QEMU emulator version 5.2.0 (Debian 1:5.2+dfsg-11)', run: '' });
  const { details, evidence, fix } = await declared('QEMU_TOO_OLD', () => findQemu('i386', {}, folder));
  expect(details).toEqual({ program: join(folder, 'qemu-system-i386'), version: '5.2.0', minimum: '6.2.0' });
  expect(evidence).toEqual(['needed: 6.2.0 or newer']);
  expect(fix).toContain('newer QEMU');
});

test('a program that is no QEMU: what it said', async () => {
  const folder = installStandIn(directory, { version: 'hello, I am a script', run: '' });
  const { evidence } = await declared('QEMU_UNUSABLE', () => findQemu('i386', {}, folder));
  expect(evidence).toEqual(['hello, I am a script\n']);
});

test('a program that fails: its own words, and nothing is left of it', async () => {
  writeFileSync(join(directory, 'qemu-system-i386'), '#!/bin/sh\necho broken >&2\nexit 7\n', { mode: 0o755 });
  const { evidence } = await declared('QEMU_UNUSABLE', () => findQemu('i386', {}, directory));
  expect(evidence).toEqual(['broken\n']);
  expect(leaks.list().processes).toEqual([]);
});

test('two programs with other contents are two builds; the same program is one', async () => {
  const one = await findQemu('i386', {}, installStandIn(join(directory, 'one'), { run: '' }));
  const same = await findQemu('arm', {}, installStandIn(join(directory, 'one'), { run: '' }));
  const other = await findQemu('i386', {}, installStandIn(join(directory, 'two'), { run: '# other' }));
  expect(same.id).toBe(one.id);
  expect(other.id).not.toBe(one.id);
});

test('a program that was replaced is asked again', async () => {
  const first = await findQemu('i386', {}, installStandIn(directory, { run: '' }));
  const second = await findQemu('i386', {}, installStandIn(directory, { version: 'QEMU emulator version 10.0.2', run: '# new' }));
  expect([first.version, second.version]).toEqual(['8.2.0', '10.0.2']);
});
