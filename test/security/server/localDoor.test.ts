import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRunDirectory } from '../../../electron/client/labPaths.ts';
import { openTestLab } from '../../support/testLab.ts';
import { scratch } from '../../support/scratch.ts';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const posix = process.platform !== 'win32';

describe.runIf(posix)('the local door', () => {
  test('is a socket of mode 0600 in a directory of mode 0700', async () => {
    const { socketPath, directory } = await openTestLab();
    expect(statSync(socketPath).isSocket()).toBe(true);
    expect(mode(socketPath)).toBe('600');
    expect(mode(join(directory, 'run'))).toBe('700');
  });

  test('leaves no socket when it closes', async () => {
    const { server, socketPath } = await openTestLab();
    await server.dispose();
    expect(() => statSync(socketPath)).toThrow('ENOENT');
  });

  test('takes the place of a socket that a killed lab left', async () => {
    const { directory } = await openTestLab();
    const left = join(directory, 'left');
    writeFileSync(left, '');
    const { startServer } = await import('../../../electron/server/startServer.ts');
    const other = await openTestLab();
    const server = await startServer({ lab: other.lab, socketPath: left, rendererDirectory: directory, report: () => '' });
    expect(statSync(left).isSocket()).toBe(true);
    await server.dispose();
  });
});

describe.runIf(posix)('the run directory', () => {
  test('is made so that only its user can look into it, and is made so when it was open', () => {
    const parent = join(scratch(), 'petri');
    openRunDirectory(join(parent, 'a'));
    expect(mode(join(parent, 'a'))).toBe('700');
    chmodSync(join(parent, 'a'), 0o777);
    openRunDirectory(join(parent, 'a'));
    expect(mode(join(parent, 'a'))).toBe('700');
  });

  test.skipIf(process.getuid?.() !== 0)('is refused when another user made it before (needs root to make such a one)', async () => {
    const { chownSync } = await import('node:fs');
    const parent = join(scratch(), 'petri');
    mkdirSync(join(parent, 'a'), { recursive: true });
    chownSync(join(parent, 'a'), 4_321, 4_321);
    expect(() => openRunDirectory(join(parent, 'a'))).toThrow(expect.objectContaining({ code: 'PATH_REFUSED' }));
  });
});
