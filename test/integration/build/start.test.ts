// `npm start` after its set-up, with programs that stand in for a browser and for Electron.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../../support/scratch.ts';

const root = join(import.meta.dirname, '../../..');

beforeAll(async () => {
  if (existsSync(join(root, 'dist/cli/index.js'))) return;
  await once(spawn(process.execPath, [join(root, 'build/bundle/bundle.ts')]), 'exit');
});

/** A program that writes its arguments, one a line, beside itself and ends. */
function makeStandIn(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\n' "$@" > '${join(folder, 'arguments')}'\n`);
  chmodSync(join(folder, name), 0o755);
}

async function start(folder: string, environment: NodeJS.ProcessEnv, interruptAfter?: RegExp) {
  const env = { ...process.env, PETRI_DATA: join(folder, 'data'), XDG_RUNTIME_DIR: join(folder, 'run'), PETRI_IDLE_SECONDS: '1', DISPLAY: '', WAYLAND_DISPLAY: '', ...environment };
  const child = spawn(process.execPath, [join(root, 'build/start/start.ts')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const hear = (chunk: Buffer): void => {
    said += chunk.toString();
    if (interruptAfter?.test(said) === true) child.kill('SIGINT');
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, said };
}

describe.skipIf(process.platform !== 'linux')('npm start (its choice is tested on Linux only)', () => {
  test('opens an app window of the installed browser on the served lab, and closes the door behind it', async () => {
    const folder = scratch();
    makeStandIn(join(folder, 'bin'), 'chromium');
    const { exitCode, said } = await start(folder, { DISPLAY: ':99', PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, ELECTRON_OVERRIDE_DIST_PATH: folder });
    expect(said).toMatch(/^Petri: .*chromium in app mode, because ELECTRON_OVERRIDE_DIST_PATH holds no electron$/m);
    const given = readFileSync(join(folder, 'bin/arguments'), 'utf8').trim().split('\n');
    const url = given[0]?.replace('--app=', '') ?? '';
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=\S+$/);
    expect(given.includes('--no-sandbox')).toBe(process.getuid?.() === 0);
    expect(said.includes('warning: running as root')).toBe(process.getuid?.() === 0);
    const profile = given.find((word) => word.startsWith('--user-data-dir='))?.split('=')[1] ?? '';
    expect(existsSync(profile)).toBe(false);
    expect(exitCode).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('opens Electron on the app where its runtime is there', async () => {
    const folder = scratch();
    makeStandIn(join(folder, 'runtime'), 'electron');
    const { exitCode, said } = await start(folder, { DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'runtime') });
    expect(said).toContain(`Petri: Electron from ${join(folder, 'runtime')}`);
    expect(readFileSync(join(folder, 'runtime/arguments'), 'utf8').trim().split('\n').at(-1)).toBe(root);
    expect(exitCode).toBe(0);
  });

  test('prints the address where nothing can be shown, and ends with Ctrl-C', async () => {
    const { exitCode, said } = await start(scratch(), {}, /open http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    expect(said).toContain('Petri: only the address, because there is no display');
    expect(exitCode).toBe(0);
  });
});
