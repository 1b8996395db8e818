import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectLab, restartLab, stayConnected, type Connection } from '../../../electron/client/connectLab.ts';
import { labPaths } from '../../../electron/client/labPaths.ts';
import { startLab } from '../../../electron/client/startLab.ts';
import { takeLock } from '../../../electron/host/storage/lock.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { scratch } from '../../support/scratch.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const shell = { shell: 'test', build: 'development' } as const;

// A lab boots the built-in guest to fill its capability board; these tests are about doors, so it finds no QEMU.
const withoutQemu = mkdtempSync(join(tmpdir(), 'petri-'));
process.env['PETRI_QEMU_PATH'] = withoutQemu;
afterAll(() => {
  delete process.env['PETRI_QEMU_PATH'];
  rmSync(withoutQemu, { recursive: true });
});

/** A data directory whose lab is ended with the test, if the test has not ended it. */
function dataDirectory(): string {
  const directory = join(scratch(), 'data');
  onTestFinished(async () => {
    const connection = await connectLab({ ...shell, dataDirectory: directory, start: false }).catch(() => null);
    if (connection !== null) await end(connection);
  });
  return directory;
}

const connect = (directory: string): Promise<Connection> => connectLab({ ...shell, dataDirectory: directory, start: true });

async function end(connection: Connection): Promise<void> {
  await connection.client.system.shutdown({ guests: 'leave' });
  await connection.closed;
}

/** Resolves when a process that is not our child is gone: its parent, init, has taken it away. */
async function untilGone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z')) await new Promise(setImmediate);
}

describe('a shell that wants the lab', () => {
  test('starts one that outlives its line, and finds it again', async () => {
    const directory = dataDirectory();
    const first = await connect(directory);
    await first.close();
    const second = await connect(directory);
    expect(second.hello.pid).toBe(first.hello.pid);
    expect(second.hello.dataDirectory).toBe(labPaths(directory).dataDirectory);
    await second.close();
  });

  test('shares one lab with all who start at the same time', async () => {
    const directory = dataDirectory();
    const connections = await Promise.all(Array.from({ length: 4 }, () => connect(directory)));
    expect(new Set(connections.map(({ hello }) => hello.pid)).size).toBe(1);
    await Promise.all(connections.map((connection) => connection.close()));
  });

  test('is told LAB_UNREACHABLE when none runs and it wants none started', async () => {
    await expect(connectLab({ ...shell, dataDirectory: dataDirectory(), start: false })).rejects.toMatchObject({ code: 'LAB_UNREACHABLE' });
  });

  test('gets a new lab after the old one was killed', async () => {
    const directory = dataDirectory();
    const first = await connect(directory);
    process.kill(first.hello.pid, 'SIGKILL');
    await first.closed;
    const second = await connect(directory);
    expect(second.hello.pid).not.toBe(first.hello.pid);
    await second.close();
  });

  test('gets a new lab while the old one is ending', async () => {
    const directory = dataDirectory();
    const first = await connect(directory);
    await first.client.system.shutdown({ guests: 'leave' });
    const second = await connect(directory);
    expect(second.hello.pid).not.toBe(first.hello.pid);
    await second.close();
  });

  test('can restart a lab of another build, and is told of it before', async () => {
    const directory = dataDirectory();
    const old = await startFakeBuild(directory, 'build-1');
    await expect(connectLab({ dataDirectory: directory, shell: 'test', build: 'build-2', start: true })).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
      details: { labBuild: 'build-1', shellBuild: 'build-2' },
    });
    const fresh = await restartLab({ dataDirectory: directory, shell: 'test', build: 'build-2' });
    expect(fresh.hello.pid).not.toBe(old);
    await fresh.close();
  });

  test('stays connected over the death of the lab', async () => {
    const directory = dataDirectory();
    const leaving = new AbortController();
    const pids: number[] = [];
    for await (const connection of stayConnected({ ...shell, dataDirectory: directory, start: true }, leaving.signal)) {
      pids.push(connection.hello.pid);
      if (pids.length === 2) leaving.abort();
      else process.kill(connection.hello.pid, 'SIGKILL');
    }
    expect(new Set(pids).size).toBe(2);
  });

  test('is told why a lab does not start: the cause of a declared failure, or the end of the log', async () => {
    const newer = dataDirectory();
    mkdirSync(newer, { recursive: true });
    writeFileSync(join(newer, 'petri.json'), JSON.stringify({ version: 9_999 }));
    await expect(connect(newer)).rejects.toMatchObject({ code: expect.stringMatching(/^DATA_/) as string });

    const paths = labPaths(dataDirectory());
    const broken = { command: process.execPath, args: ['-e', 'console.error("boom: no such thing"); process.exit(3)', '--'], environment: {} };
    await expect(startLab(paths, broken)).rejects.toMatchObject({ code: 'LAB_START_FAILED', details: { logPath: paths.logPath, logTail: expect.stringContaining('boom: no such thing') as string } });
    await expect(startLab(paths, { ...broken, command: '/no/such/program' })).rejects.toMatchObject({ code: 'LAB_START_FAILED' });
    expect(existsSync(paths.runDirectory)).toBe(false);
  });
});

/** Runs a lab that says it is of some build. */
async function startFakeBuild(directory: string, build: string): Promise<number> {
  const paths = labPaths(directory);
  const program = join(root, 'electron/server/runLab.ts');
  const code = `import { runLab } from ${JSON.stringify(program)}; import { readSettings } from ${JSON.stringify(join(root, 'electron/server/options.ts'))};
    await runLab({ ...readSettings(process.argv.slice(1), process.env), build: ${JSON.stringify(build)} }); process.exit();`;
  await startLab(paths, { command: process.execPath, args: ['--input-type=module', '-e', code, '--'], environment: {} });
  const connection = await connectLab({ dataDirectory: directory, shell: 'test', build, start: false });
  await connection.close();
  return connection.hello.pid;
}

describe('a lab', () => {
  test('ends by itself when nobody needs it, and leaves no process, socket or file in its run directory', async () => {
    const directory = dataDirectory();
    const paths = labPaths(directory);
    const leaks = watchForLeaks([paths.runDirectory]);
    process.env['PETRI_IDLE_SECONDS'] = '0.2';
    onTestFinished(() => {
      delete process.env['PETRI_IDLE_SECONDS'];
    });
    const connection = await connect(directory);
    await connection.client.settings.get();
    await connection.close();
    await untilGone(connection.hello.pid);
    leaks.check();
    expect(existsSync(paths.runDirectory)).toBe(false);
    expect(readFileSync(paths.logPath, 'utf8')).toContain('nobody needed it');
  });

  test('ends gracefully on SIGTERM: shells see their lines close', async () => {
    const directory = dataDirectory();
    const connection = await connect(directory);
    process.kill(connection.hello.pid, 'SIGTERM');
    await connection.closed;
    await untilGone(connection.hello.pid);
    expect(existsSync(labPaths(directory).socketPath)).toBe(false);
    expect(readFileSync(labPaths(directory).logPath, 'utf8')).toContain('it received SIGTERM');
  });

  test('refuses a data directory in which another lab works', async () => {
    const directory = dataDirectory();
    const connection = await connect(directory);
    const paths = labPaths(directory);
    const second = spawn(process.execPath, [join(root, 'electron/server/index.ts'), '--data', paths.dataDirectory, '--run', join(scratch(), 'run')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(second.stdout, 'data')) as [Buffer];
    expect(JSON.parse(said.toString())).toEqual({ failure: { code: 'LAB_LOCKED', details: { dataDirectory: paths.dataDirectory, pid: connection.hello.pid } } });
    expect(await once(second, 'exit')).toEqual([1, null]);
    await connection.close();
  });

  test('is waited for when it holds the lock and is about to end', async () => {
    const directory = dataDirectory();
    mkdirSync(directory, { recursive: true });
    const release = takeLock(directory);
    const connecting = connect(directory);
    // The first attempt meets the lock; only its release lets the second one through.
    setTimeout(release, 1_500);
    const connection = await connecting;
    expect(connection.hello.pid).not.toBe(process.pid);
    await connection.close();
  });
});
