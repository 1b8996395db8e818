import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readClocks } from '../../../electron/host/process/clock.ts';
import { createCommandLog } from '../../../electron/host/process/commandLog.ts';
import { findProcesses } from '../../../electron/host/process/findProcesses.ts';
import { isAlive, processStartTime } from '../../../electron/host/process/processIdentity.ts';
import { runProcess } from '../../../electron/host/process/runProcess.ts';
import { declared } from '../../support/declared.ts';
import { watchForLeaks, type LeakWatch } from '../../support/leaks.ts';
import { scratch } from '../../support/scratch.ts';

let directory: string;
let leaks: LeakWatch;
beforeEach(() => {
  directory = scratch();
  leaks = watchForLeaks([directory]);
});

const quick = { timeLimitMs: 10_000 };

test('what a program wrote is its answer', async () => {
  expect(await runProcess('sh', ['-c', 'echo out; echo err >&2'], quick)).toEqual({ stdout: 'out\n', stderr: 'err\n' });
});

test('arguments reach the program as they are, without a shell', async () => {
  expect((await runProcess('printf', ['%s|', 'a b', '$(id)', '"', ''], quick)).stdout).toBe('a b|$(id)|"||');
});

test('an exit code is a failure with the program’s last words', async () => {
  const { details } = await declared('PROCESS_FAILED', () => runProcess('sh', ['-c', 'echo no >&2; exit 3'], quick));
  expect(details).toEqual({ command: 'sh', args: ['-c', 'echo no >&2; exit 3'], exitCode: 3, signal: null, stderrTail: 'no\n', cancelled: false });
});

test('only the last 4 KiB of its words are kept', async () => {
  const { details } = await declared('PROCESS_FAILED', () => runProcess('sh', ['-c', 'yes | head -c 9000 >&2; echo end >&2; exit 1'], quick));
  expect(details.stderrTail).toHaveLength(4_096);
  expect(details.stderrTail.endsWith('end\n')).toBe(true);
});

test('a program that does not exist is a failure too', async () => {
  const { details } = await declared('PROCESS_FAILED', () => runProcess('/nowhere/program', [], quick));
  expect(details).toMatchObject({ exitCode: null, stderrTail: expect.stringContaining('ENOENT') as unknown });
});

test('one that hangs is killed with its children at the limit', async () => {
  const script = `cd ${directory}; sleep 60 & sleep 60`;
  const { details } = await declared('PROCESS_FAILED', () => runProcess('sh', ['-c', script], { timeLimitMs: 100 }));
  expect(details).toMatchObject({ exitCode: null, signal: 'SIGKILL', stderrTail: expect.stringContaining('no end within 100 ms') as unknown });
  await expect.poll(() => leaks.list().processes).toEqual([]);
});

test('one that is cancelled says so', async () => {
  const abort = new AbortController();
  const end = declared('PROCESS_FAILED', () => runProcess('sleep', ['60'], { ...quick, signal: abort.signal }));
  abort.abort();
  expect((await end).details).toMatchObject({ cancelled: true, signal: 'SIGKILL' });
});

test('one that writes without end is stopped', async () => {
  const { details } = await declared('PROCESS_FAILED', () => runProcess('yes', [], { ...quick, outputLimitCharacters: 1_000 }));
  expect(details.stderrTail).toContain('wrote too much');
});

test('a process is known by its pid and its start, and a dead one is not alive', async () => {
  const child = spawn('sleep', ['60'], { cwd: directory });
  await once(child, 'spawn');
  const pid = child.pid ?? -1;
  const start = processStartTime(pid) ?? '';
  expect(isAlive(pid, start)).toBe(true);
  expect(isAlive(pid, `${start}0`)).toBe(false);
  expect(isAlive(process.pid, start)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(pid, start)).toBe(false);
  expect(processStartTime(pid)).toBeNull();
});

test.skipIf(!existsSync('/proc/self/stat'))('a zombie is not alive (skipped without /proc)', async () => {
  // The shell starts a child and becomes a program that never waits for it.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  expect(processStartTime(pid)).toBeNull();
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test('processes are found by what only their command line has', async () => {
  const mark = join(directory, 'a mark');
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', mark]);
  await once(child, 'spawn');
  await expect.poll(() => findProcesses(mark).map(({ pid }) => pid)).toEqual([child.pid]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(findProcesses(mark)).toEqual([]);
});

test('both clocks are read at the same moment', () => {
  const pairs = Array.from({ length: 10 }, () => [readClocks(), readClocks()] as const);
  const apart = pairs.map(([first, second]) => Math.abs(Number(second.wallNs - first.wallNs - (second.monotonicNs - first.monotonicNs))));
  expect(pairs.every(([first, second]) => second.monotonicNs > first.monotonicNs)).toBe(true);
  // A busy machine spoils some pairs. Readings that ignore the milliseconds in between would agree in none.
  expect(Math.min(...apart)).toBeLessThan(100_000);
});

test('the command log keeps the newest commands and how they ended', () => {
  const log = createCommandLog();
  const ended = log.began(['qemu', '-S'], 'run one');
  expect(log.list()).toMatchObject([{ argv: ['qemu', '-S'], purpose: 'run one', running: true, exitCode: null }]);
  ended(1);
  expect(log.list()).toMatchObject([{ running: false, exitCode: 1 }]);
  for (let index = 0; index < 300; index += 1) log.began([String(index)], '')(0);
  expect(log.list()).toHaveLength(200);
  expect(log.list().at(-1)?.argv).toEqual(['299']);
});
