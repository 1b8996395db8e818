// The real command line against a real lab and a real QEMU.
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { report as reportSchema } from '../../../electron/contract/reports.ts';
import { makeCommandLine, type CommandLine } from '../../support/commandLine.ts';

let cli: CommandLine;
beforeEach(() => void (cli = makeCommandLine()));
afterEach(() => cli.close());

const json = ({ out }: { out: string }): unknown => JSON.parse(out);

describe('a guest on the command line', () => {
  test('is launched, seen, read and stopped', async () => {
    expect(await cli.run('status')).toMatchObject({ exitCode: 0, out: expect.stringContaining('No lab runs.') as string });
    const launched = await cli.run('launch', 'builtin-i386');
    expect(launched).toMatchObject({ exitCode: 0, error: '' });
    expect(launched.out).toMatch(/is running: \S+, QEMU \d.* pid \d+/);
    expect(json(await cli.run('status', '--json'))).toMatchObject({ guests: [{ runtime: { state: 'running' } }] });

    const following = cli.start('console', 'builtin-i386');
    await following.until(/petri# $/);
    following.interrupt();
    expect((await following.finished).out).toContain('multiboot_detected');
    expect((await cli.run('console', 'builtin-i386', '--no-follow')).out).toContain('petri# ');

    const again = await cli.run('launch', 'builtin-i386', '--json');
    expect(again.exitCode).toBe(4);
    expect(json(again)).toMatchObject({ error: { code: 'GUEST_BUSY' } });
    expect(await cli.run('stop')).toMatchObject({ exitCode: 0, out: expect.stringContaining('is stopped') as string });
  });

  test('is made, equipped, started in a group, looked at, copied and removed', async () => {
    expect(await cli.run('guest', 'create', 'builtin-i386', '--name', 'One', '--group', 'lesson', '--forward', 'ssh:22', '--restart', 'on-failure:2')).toMatchObject({ exitCode: 0, error: '' });
    expect(await cli.run('guest', 'edit', 'One', '--memory', '48', '--health', 'qmp')).toMatchObject({ exitCode: 0 });
    expect((await cli.run('guest', 'group', 'start', 'lesson')).out).toBe('One is running\n');
    const status = await cli.run('status');
    expect(status.out).toMatch(/running\s+(starting|healthy)\s+\d+→22\s+0/);
    expect((await cli.run('guest', 'forecast', 'One')).out).toMatch(/copies\s+memory/);
    expect((await cli.run('guest', 'life', 'One')).out).toMatch(/started\s+QEMU/);
    expect(json(await cli.run('guest', 'show', 'One', '--json'))).toMatchObject({ definition: { machine: { memoryMiB: 48 }, restart: { when: 'on-failure', attempts: 2 } }, advice: [] });
    expect(await cli.run('guest', 'edit', 'One', '--memory', '64')).toMatchObject({ exitCode: 4, error: expect.stringContaining('(GUEST_BUSY)') as string });
    expect((await cli.run('guest', 'clone', 'One', 'Two')).out).toContain('Two is made');
    expect(await cli.run('stop', '--group', 'lesson', '--kill')).toMatchObject({ exitCode: 0 });
    expect(await cli.run('guest', 'remove', 'Two')).toMatchObject({ exitCode: 0 });
  });

  test('that cannot be had as it was asked for is not made, and a disk is attached by its name', async () => {
    expect(await cli.run('guest', 'create', 'builtin-i386', '--name', 'Half', '--forward', 'x:99999')).toMatchObject({ exitCode: 2 });
    expect(await cli.run('guest', 'create', 'builtin-i386', '--name', 'Half', '--share', '/')).toMatchObject({ exitCode: 4, error: expect.stringContaining('(SHARE_REFUSED)') as string });
    expect(json(await cli.run('guest', 'list', '--json'))).toEqual([]);

    const disk = json(await cli.run('disk', 'create', 'My data', '1M', '--json')) as { id: string };
    const made = await cli.run('guest', 'create', 'builtin-i386', '--name', 'Whole', '--disk', 'My data:ide', '--cpus', '2', '--health', 'qmp', '--health-interval', '5');
    expect(made).toMatchObject({ exitCode: 0, out: expect.stringContaining('note: It has 2 virtual CPUs') as string });
    expect(json(await cli.run('guest', 'show', 'Whole', '--json'))).toMatchObject({ definition: { disks: [{ disk: disk.id, bus: 'ide' }] } });
    expect((await cli.run('guest', 'show', 'Whole')).out).toMatch(/check\s+QEMU answers, every 5 s, within 10 s; unhealthy after 3/);
    expect(await cli.run('guest', 'edit', 'Whole', '--disk', 'Nobody:ide')).toMatchObject({ exitCode: 3 });
    expect(await cli.run('guest', 'edit', 'Whole', '--disk', 'My data:ide')).toMatchObject({ exitCode: 2, error: expect.stringContaining('once only') as string });
    expect(await cli.run('guest', 'pause', 'Whole')).toMatchObject({ exitCode: 4, error: expect.stringContaining('Start it first.') as string });
    await cli.run('guest', 'remove', 'Whole');
    expect((await cli.run('guest', 'list', '--trash')).out).toMatch(/whole-\S+ {2}Whole {2}since /);
  });

  test('of each architecture stays in the foreground until it is interrupted, and is then stopped', async () => {
    const launched = cli.start('launch', '--arch', 'both', '--foreground');
    await launched.until(/\S+ \| Petri guest 1 \(i386\)/);
    launched.interrupt();
    expect((await launched.finished).exitCode).toBe(0);
    const { guests } = json(await cli.run('status', '--json')) as { guests: { definition: { catalogEntry: string }; runtime: { state: string } }[] };
    expect(guests.map(({ definition, runtime }) => [definition.catalogEntry, runtime.state]).sort()).toEqual([['builtin-arm', 'stopped'], ['builtin-i386', 'stopped']]);
  });

  test('that nobody knows is a failure of its own', async () => {
    expect(await cli.run('launch', 'nobody')).toMatchObject({ exitCode: 3, out: '', error: expect.stringContaining('(NOT_FOUND)') as string });
  });

  test('is typed into from a terminal, until the escape key leaves it running', async () => {
    await cli.run('launch', 'builtin-i386');
    const terminal = cli.inTerminal('console', 'builtin-i386');
    let seen = '';
    let typed = false;
    const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    terminal.onData((text) => {
      seen += text;
      if (!typed && seen.includes('petri# ')) {
        typed = true;
        terminal.write('help\r');
      }
      // The answer is followed by another prompt.
      if (typed && seen.split('petri# ').length > 2) terminal.write('\u001d');
    });
    expect(await ended).toBe(0);
    expect(seen).toContain('Ctrl-] leaves it running');
    expect(seen).toMatch(/calls|faults/);
    expect(json(await cli.run('status', '--json'))).toMatchObject({ guests: [{ runtime: { state: 'running' } }] });
  });
});

describe('a measurement on the command line', () => {
  test('prints its report, keeps the run, writes files and compares', async () => {
    const measured = await cli.run('measure', 'boot', 'builtin-i386', '--runs', '3', '--warm-ups', '0', '--json');
    expect(measured.exitCode).toBe(0);
    const report = reportSchema.parse(json(measured));
    expect(report.samples).toHaveLength(3);
    expect(measured.error).toMatch(/boot 3\/3/);

    const pdf = join(cli.folder, 'a report.pdf');
    expect(await cli.run('report', 'last', '--format', 'pdf', '-o', pdf)).toMatchObject({ exitCode: 0, error: '' });
    expect(readFileSync(pdf).subarray(0, 5).toString()).toBe('%PDF-');
    expect(reportSchema.parse(json(await cli.run('report', report.run.id, '--format', 'json')))).toEqual(report);
    expect((await cli.run('report', 'last')).out).toContain('Boot loader found the kernel');

    // A run is not compared with itself.
    expect(await cli.run('compare', report.run.id, 'last')).toMatchObject({ exitCode: 4, out: '', error: expect.stringContaining('(RUNS_NOT_COMPARABLE)') as string });
    expect(await cli.run('report', 'last', '-o', join(cli.folder, 'absent', 'x.txt'))).toMatchObject({ exitCode: 4, error: expect.stringContaining('(PATH_REFUSED)') as string });
  });

  test('is cancelled by Ctrl-C, and keeps the boots that were finished', async () => {
    const measuring = cli.start('measure', 'boot', 'builtin-i386', '--runs', '500', '--warm-ups', '0');
    await measuring.until(/boot 3\//);
    measuring.interrupt();
    const { exitCode } = await measuring.finished;
    expect(exitCode).toBe(130);
    const { samples, run } = reportSchema.parse(json(await cli.run('report', 'last', '--format', 'json')));
    expect(run.state).toBe('cancelled');
    expect(samples.length).toBeGreaterThanOrEqual(2);
  });

  test('that is not to be kept is forgotten after it was printed', async () => {
    const measured = await cli.run('measure', 'boot', 'builtin-i386', '--runs', '1', '--warm-ups', '0', '--no-save');
    expect(measured).toMatchObject({ exitCode: 0, error: expect.stringContaining('not kept') as string });
    await cli.run('stop', '--lab');
    expect((await cli.run('report', 'last')).exitCode).toBe(3);
  });
});

describe('other commands', () => {
  test('serve prints an address that opens the page, and Ctrl-C closes the door', async () => {
    const serving = cli.start('serve', '--json');
    const { url, port } = JSON.parse((await serving.until(/\}\n/)).replace(/^[^{]*/, '').replace(/\}[^}]*$/s, '}')) as { url: string; port: number };
    expect(url).toContain(`127.0.0.1:${port}/?token=`);
    expect((await fetch(url)).status).not.toBe(401);
    serving.interrupt();
    expect((await serving.finished).exitCode).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('a damaged database is named, repaired and then used', async () => {
    await cli.run('launch', 'builtin-i386');
    await cli.run('stop', '--lab', '--kill');
    const database = join(cli.folder, 'data', 'lab.sqlite');
    const size = readFileSync(database).length;
    truncateSync(database, Math.floor(size / 2));
    expect(await cli.run('launch', 'builtin-i386')).toMatchObject({ exitCode: 1, error: expect.stringContaining('petri doctor --repair') as string });
    expect(await cli.run('doctor', '--repair')).toMatchObject({ exitCode: 0, out: expect.stringContaining('was repaired') as string });
    expect((await cli.run('accelerators', '--architecture', 'arm')).exitCode).toBe(0);
  });

  test('a repair is refused while a lab works there', async () => {
    await cli.run('launch', 'builtin-i386');
    expect(await cli.run('doctor', '--repair')).toMatchObject({ exitCode: 4, error: expect.stringContaining('(LAB_LOCKED)') as string });
  });

  test('a data directory that is a file is refused with what to do', async () => {
    const file = join(cli.folder, 'file');
    writeFileSync(file, '');
    expect(await cli.run('accelerators', '--data', file)).toMatchObject({ exitCode: 4, error: expect.stringContaining('fix:') as string });
  });
});
