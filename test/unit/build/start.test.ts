import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseShell, missingDisplay } from '../../../build/start/chooseShell.ts';
import { findElectron } from '../../../build/start/electronRuntime.ts';
import { scratch } from '../../support/scratch.ts';

describe('npm start', () => {
  const electron = { program: '/e/electron', from: '/e' };
  const missing = { missing: 'the runtime of Electron is not on this machine' };

  test.each([
    [{ electron, browser: '/usr/bin/chromium', noDisplay: null }, 'electron', 'Electron from /e'],
    [{ electron: missing, browser: '/usr/bin/chromium', noDisplay: null }, 'browser', '/usr/bin/chromium in app mode, because the runtime of Electron is not on this machine'],
    [{ electron: missing, browser: null, noDisplay: null }, 'address', 'only the address, because the runtime of Electron is not on this machine and no Chromium is installed'],
    [{ electron, browser: '/usr/bin/chromium', noDisplay: 'there is no display' }, 'address', 'only the address, because there is no display'],
  ])('with %j chooses %s and says why', (surroundings, kind, why) => {
    expect(chooseShell(surroundings)).toMatchObject({ kind, why });
  });

  test('knows a display by its environment on Linux, and takes it for granted elsewhere', () => {
    expect(missingDisplay('linux', {})).toContain('there is no display');
    expect(missingDisplay('linux', { DISPLAY: '' })).not.toBeNull();
    expect(missingDisplay('linux', { DISPLAY: ':0' })).toBeNull();
    expect(missingDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBeNull();
    expect(missingDisplay('darwin', {})).toBeNull();
  });

  test('finds the runtime that the environment names, and says when it is not there', () => {
    const folder = scratch();
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toHaveProperty('missing');
    const name = process.platform === 'win32' ? 'electron.exe' : 'electron';
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
    if (process.platform !== 'darwin') expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toEqual({ program: join(folder, name), from: folder });
    expect(findElectron({}, folder)).toEqual({ missing: 'the runtime of Electron is not on this machine' });
  });
});
