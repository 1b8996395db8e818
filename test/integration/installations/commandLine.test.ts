import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '../../../electron/contract/installations.ts';
import { makeCommandLine, type CommandLine } from '../../support/commandLine.ts';
import { canRun } from '../../support/qemuGuest.ts';

describe.skipIf(!canRun({ architecture: 'i386' }))('petri install', { timeout: 120_000 }, () => {
  let petri: CommandLine;
  beforeAll(() => {
    petri = makeCommandLine();
  });
  afterAll(() => petri.close());
  const list = async (): Promise<Installation[]> => JSON.parse((await petri.run('install', '--list', '--json')).out) as Installation[];

  it('shows what it would do, with commands for a shell, and does nothing', async () => {
    const { exitCode, out } = await petri.run('install', 'builtin-installer', '--name', 'Box', '--dry-run');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/qemu-img create -q -f qcow2 \S*\/disks\/DISK\.qcow2 16777216\n[^]*qemu-system-i386 [^]*petri-installer\.iso/);
    expect(await list()).toEqual([]);
  });

  it('tells each step, and the list says how it stands', async () => {
    const { exitCode, out, error } = await petri.run('install', 'builtin-installer', '--name', 'Box', '--disk', '8M');
    expect(error).toMatch(/\+ Make an empty disk\n[^]*\+ Copy the system and its boot loader\n[^]*\+ See the shell\n/);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/^Box is installed: install-[0-9a-f]{8}\n/)]);
    expect(await list()).toMatchObject([{ name: 'Box', state: 'done', draft: { newDisk: { bytes: 8 * 1024 * 1024 } } }]);
  });

  it('leaves nothing of an installation that Ctrl-C ended where nobody can be asked', async () => {
    const started = petri.start('install', 'builtin-installer', '--name', 'Stopped');
    await started.until(/> Boot the medium/);
    started.interrupt();
    expect((await started.finished).exitCode).toBe(130);
    await expect.poll(async () => (await list()).find(({ name }) => name === 'Stopped')?.state, { timeout: 20_000 }).toBe('cancelled');
    expect((await petri.run('status', '--json')).out).not.toContain('"Stopped"');
  });

  it('refuses what it does not know', async () => {
    expect((await petri.run('install', 'no-such-system')).exitCode).toBe(3);
    expect((await petri.run('install', '--resume', 'nothing')).exitCode).toBe(3);
    expect((await petri.run('install', 'builtin-installer', '--preset', 'none')).error).toContain('default, screen');
  });
});
