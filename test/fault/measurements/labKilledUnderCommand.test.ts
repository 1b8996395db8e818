import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, onTestFinished } from 'vitest';
import { makeCommandLine } from '../../support/commandLine.ts';
import { canRun } from '../../support/qemuGuest.ts';

interface Status {
  readonly lab: { readonly pid: number };
}

describe.skipIf(!canRun({ architecture: 'i386' }))('a command whose lab is killed while it measures', { timeout: 90_000 }, () => {
  test('says how its campaign goes on, and that works; so does a run', async () => {
    const petri = makeCommandLine();
    onTestFinished(() => petri.close());
    const file = join(petri.folder, 'night.yaml');
    writeFileSync(file, 'name: Night\ndefaults: { runs: 4, warmUps: 0 }\nsteps:\n  - { name: boots, measure: boot, guests: [builtin-i386] }\n');
    await petri.run('guest', 'list');
    const killLab = async (): Promise<void> => {
      const { lab } = JSON.parse((await petri.run('status', '--json')).out) as Status;
      process.kill(lab.pid, 'SIGKILL');
    };
    const campaign = petri.start('campaign', file);
    await campaign.until(/boots/);
    await killLab();
    const lost = await campaign.finished;
    expect([lost.exitCode, lost.error]).toEqual([1, expect.stringContaining('(LAB_UNREACHABLE)')]);
    const [, id = ''] = /petri campaign --resume (\S+)"/.exec(lost.error) ?? [];
    expect(lost.error).toContain(`${id}: 1 step`);
    expect((await petri.run('campaign', '--show', id)).out).toMatch(/boots .*interrupted/);
    const whole = await petri.run('campaign', '--resume', id);
    expect([whole.exitCode, whole.error]).toEqual([0, expect.stringContaining(`petri report --campaign ${id} --format pdf`)]);

    const run = petri.start('measure', 'boot', 'builtin-i386', '--runs', '20', '--warm-ups', '0');
    await run.until(/boot \d+\/20/);
    await killLab();
    const cut = await run.finished;
    const [, runId = ''] = /petri measure resume (\S+)"/.exec(cut.error) ?? [];
    expect([cut.exitCode, cut.error]).toEqual([1, expect.stringContaining('(LAB_UNREACHABLE)')]);
    expect((await petri.run('measure', 'list', '--state', 'interrupted')).out).toContain(runId);
  });
});
