import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultDataDirectory, labPaths, type Surroundings } from '../../../electron/client/labPaths.ts';
import { scratch } from '../../support/scratch.ts';

const linux: Surroundings = { platform: 'linux', environment: {}, home: '/home/ada', user: '1000' };

describe('the data directory', () => {
  test.each<[string, Surroundings, string]>([
    ['is in the user’s data on Linux', linux, '/home/ada/.local/share/petri'],
    ['follows XDG_DATA_HOME', { ...linux, environment: { XDG_DATA_HOME: '/data' } }, '/data/petri'],
    ['takes an empty variable for none', { ...linux, environment: { XDG_DATA_HOME: '', PETRI_DATA: '' } }, '/home/ada/.local/share/petri'],
    ['is an application’s on macOS', { ...linux, platform: 'darwin' }, '/home/ada/Library/Application Support/Petri'],
    ['is what PETRI_DATA names', { ...linux, environment: { PETRI_DATA: '/tmp/p', XDG_DATA_HOME: '/data' } }, '/tmp/p'],
  ])('%s', (_name, surroundings, expected) => {
    expect(defaultDataDirectory(surroundings)).toBe(expected);
  });
});

describe('the lab’s paths', () => {
  test('are the same for two names of one directory, and others for another', () => {
    const directory = scratch();
    mkdirSync(join(directory, 'data'));
    symlinkSync(join(directory, 'data'), join(directory, 'link'));
    const paths = labPaths(join(directory, 'data'), linux);
    expect(labPaths(join(directory, 'link'), linux)).toEqual(paths);
    expect(labPaths(join(directory, 'link', 'not', 'there'), linux).dataDirectory).toBe(join(paths.dataDirectory, 'not', 'there'));
    expect(labPaths(join(directory, 'other'), linux).socketPath).not.toBe(paths.socketPath);
  });

  test('have a socket that is short enough for every platform, whatever the data directory', () => {
    const deep = `/${'very long name '.repeat(30)}`;
    expect(labPaths(deep, linux).socketPath.length).toBeLessThan(60);
    expect(labPaths(deep, { ...linux, environment: { XDG_RUNTIME_DIR: '/run/user/1000' } }).socketPath).toMatch(/^\/run\/user\/1000\/petri\/[0-9a-f]{8}\/lab\.sock$/);
    expect(labPaths(deep, { ...linux, platform: 'win32' }).socketPath).toMatch(/^\\\\\.\\pipe\\petri-1000-[0-9a-f]{8}$/);
  });

  test('take names with spaces, quotes, newlines and letters of any script', () => {
    for (const name of ['with space', 'a "quote"', "it's", 'new\nline', '日本語', '..hidden']) {
      expect(labPaths(join('/data', name), linux).dataDirectory).toBe(join('/data', name));
    }
  });
});
