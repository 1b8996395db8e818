// Packages the app with a dummy of Electron's runtime, and runs what was packaged on Node.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'petri-package-'));
const app = join(folder, 'out/linux-unpacked/resources/app');

function makeDummyRuntime(path: string): void {
  mkdirSync(join(path, 'resources'), { recursive: true });
  mkdirSync(join(path, 'locales'));
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version']) writeFileSync(join(path, name), 'dummy');
  writeFileSync(join(path, 'electron'), '#!/bin/sh\n');
  chmodSync(join(path, 'electron'), 0o755);
}

describe.skipIf(process.platform !== 'linux')('the packaged folder (packaged on Linux only)', () => {
  beforeAll(async () => {
    if (!existsSync(join(root, 'dist/main/index.js'))) await run(process.execPath, [join(root, 'build/bundle/bundle.ts')]);
    makeDummyRuntime(join(folder, 'runtime'));
    const options = ['--linux', 'dir', '--publish', 'never', `-c.electronDist=${join(folder, 'runtime')}`, `-c.directories.output=${join(folder, 'out')}`, '-c.compression=store'];
    // What hinders it is on its stdout.
    await run(process.execPath, [join(root, 'node_modules/electron-builder/cli.js'), ...options], { cwd: root }).catch((error: unknown) => {
      throw new Error((error as { stdout: string }).stdout);
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const files = (): string[] => globSync('**/*', { cwd: app }).filter((name) => statSync(join(app, name)).isFile());

  test('holds every program, the page, the data and the images', () => {
    for (const name of [
      'package.json', 'dist/main/index.js', 'dist/preload/index.cjs', 'dist/server/index.js', 'dist/cli/index.js', 'dist/renderer/index.html',
      'resources/catalog/builtin-i386.yaml', 'resources/published/published.json', 'images/builtin/built/petri-i386.elf', 'images/builtin/built/petri-arm.elf',
    ]) expect(existsSync(join(app, name)), name).toBe(true);
    const { main } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as { main: string };
    expect(existsSync(join(app, main))).toBe(true);
  });

  test('holds no package but the two native ones, for this platform alone', () => {
    const packages = new Set(files().flatMap((name) => /^node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(name)?.[1] ?? []));
    expect([...packages].sort()).toEqual(['better-sqlite3', 'node-pty']);
    const binaries = files().filter((name) => /\.(node|dll|exe|dylib)$/.test(name));
    expect(binaries.filter((name) => /darwin|win32|musl/.test(name))).toEqual([]);
    expect(binaries.map((name) => name.split('/')[1])).toEqual(expect.arrayContaining(['better-sqlite3', 'node-pty']));
  });

  test('holds no source, no test, no map and no secret file', () => {
    expect(files().filter((name) => /\.(ts|vue|map|log|env)$|^test\/|^electron\/|^\./.test(name))).toEqual([]);
  });

  test('has a preload that a sandbox can load: one file that needs Electron alone', () => {
    const preload = readFileSync(join(app, 'dist/preload/index.cjs'), 'utf8');
    expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron']);
    expect(preload).not.toMatch(/^import /m);
  });

  test('runs: its command line starts its lab, which finds its images and its database', async () => {
    const env = { ...process.env, PETRI_DATA: join(folder, 'data'), XDG_RUNTIME_DIR: join(folder, 'run'), PETRI_IDLE_SECONDS: '30' };
    const petri = (...args: string[]) => run(process.execPath, [join(app, 'dist/cli/index.js'), ...args], { env, cwd: '/' });
    try {
      const { stdout } = await petri('launch', 'builtin-i386', '--dry-run', '--json');
      const { argv } = JSON.parse(stdout) as { argv: string[] };
      expect(argv[argv.indexOf('-kernel') + 1]).toBe(join(app, 'images/builtin/built/petri-i386.elf'));
    } finally {
      await petri('stop', '--lab', '--kill');
    }
  });
});
