import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isInstalled } from '../../../build/setup/dependencies.mjs';
import { findProgram, installCommand, missingOf, needs, needsOf } from '../../../build/setup/packages.mjs';
import { digestOfSources } from '../../../build/setup/sources.mjs';
import { scratch } from '../../support/scratch.ts';

describe('the packages of the system', () => {
  test('are missing when no program of theirs is on PATH', () => {
    const folder = scratch();
    expect(missingOf(['qemuImg', 'browser'], folder)).toEqual(['qemuImg', 'browser']);
    writeFileSync(join(folder, 'qemu-img'), '');
    expect(missingOf(['qemuImg'], folder), 'a file that cannot be executed').toEqual(['qemuImg']);
    chmodSync(join(folder, 'qemu-img'), 0o755);
    mkdirSync(join(folder, 'chromium'));
    expect(missingOf(['qemuImg', 'browser'], folder), 'a folder is no program').toEqual(['browser']);
    expect(findProgram(['absent', 'qemu-img'], `/nowhere:${folder}`)).toBe(join(folder, 'qemu-img'));
  });

  test('are installed by a command that fits the system', () => {
    const on = (manager: string) => installCommand(['qemuX86', 'qemuArm', 'compiler'], (program) => program === manager);
    expect(on('apt-get')).toBe('apt-get update && apt-get install -y --no-install-recommends qemu-system-x86 qemu-system-arm g++');
    expect(on('dnf')).toBe('dnf install -y qemu-system-x86 qemu-system-arm gcc-c++');
    expect(on('brew')).toBe('brew install qemu');
    expect(on('pacman')).toBeNull();
  });

  test('are known by name in every group', () => {
    for (const name of Object.values(needsOf).flat()) expect(needs, name).toHaveProperty(name);
  });
});

describe('the npm packages', () => {
  const locked = { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } };

  test.each([
    ['are as the lockfile says', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } }, true],
    ['lack only an optional one', { 'node_modules/a': { version: '1.0.0' } }, true],
    ['lack one', { 'node_modules/b': { version: '2.0.0' } }, false],
    ['hold another version', { 'node_modules/a': { version: '1.0.1' } }, false],
    ['hold another version of an optional one', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.1' } }, false],
    ['hold one too many', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/c': { version: '1.0.0' } }, false],
    ['were never installed', null, false],
  ])('that %s are current: %#', (_what, installed, current) => {
    expect(isInstalled(locked, installed)).toBe(current);
  });
});

test('the build is repeated when a source changes in name or bytes, and not otherwise', () => {
  const folder = scratch();
  mkdirSync(join(folder, 'electron/core'), { recursive: true });
  writeFileSync(join(folder, 'electron/core/a.ts'), '1');
  const first = digestOfSources(folder);
  expect(digestOfSources(folder)).toBe(first);
  writeFileSync(join(folder, 'unrelated.txt'), '1');
  expect(digestOfSources(folder)).toBe(first);
  writeFileSync(join(folder, 'electron/core/a.ts'), '2');
  expect(digestOfSources(folder)).not.toBe(first);
  writeFileSync(join(folder, 'electron/core/a.ts'), '1');
  writeFileSync(join(folder, 'electron/core/b.ts'), '');
  expect(digestOfSources(folder)).not.toBe(first);
});
