import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCommandLine } from '../../support/commandLine.ts';
import { canRun } from '../../support/qemuGuest.ts';

interface Status {
  readonly lab: { readonly pid: number };
}

describe.skipIf(!canRun({ architecture: 'i386' }))('A command whose lab is killed', { timeout: 90_000 }, () => {
  it('says that no lab answers and how its installation goes on, and that works', async () => {
    const petri = makeCommandLine();
    onTestFinished(() => petri.close());
    await petri.run('guest', 'list');
    const { lab } = JSON.parse((await petri.run('status', '--json')).out) as Status;
    const install = petri.start('install', 'builtin-installer', '--name', 'Left alone');
    await install.until(/\+ Make the guest/);
    process.kill(lab.pid, 'SIGKILL');
    const { exitCode, out, error } = await install.finished;
    expect(exitCode).toBe(1);
    expect(error + out).not.toMatch(/UNEXPECTED|AsyncIdQueue|\n\s+at /);
    expect(error).toContain('(LAB_UNREACHABLE)');
    const command = /petri install (--resume \S+)"/.exec(error)?.[1]?.split(' ') ?? [];
    expect((await petri.run('install', '--list')).out).toContain(command[1] ?? 'no id');
    const resumed = await petri.run('install', ...command);
    expect(resumed.error + resumed.out).toContain('Left alone is installed');
    expect(resumed.exitCode).toBe(0);
  });
});
