import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCallCounter } from '../../../electron/core/calls/countCalls.ts';
import type { EndedTrace, TraceTarget } from '../../../electron/core/calls/processTracer.ts';
import { rankCalls } from '../../../electron/core/calls/rankCalls.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { straceTracer } from '../../../electron/host/instruments/strace/strace.ts';
import { hasProgram } from '../../support/qemuGuest.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { refusal } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';
import { decoder } from '../../unit/calls/loaded.ts';

const { available, reason } = await straceTracer.probe();
if (!available) process.stderr.write(`SKIPPED: strace: ${reason}\n`);
const draw = drawNumbers('calls of a program');
const canRun = available && hasProgram('gcc');

async function tableOf(trace: EndedTrace) {
  const events: TraceEvent[] = [];
  for await (const event of trace.events()) events.push(event);
  // The names of processes are known once all lines were read.
  const counter = createCallCounter({ decoder: decoder(trace.decoder), processName: trace.processName });
  for (const event of events) counter.take(event);
  return { table: counter.result(), left: counter.left };
}

/** A program that asks for its parent so many times, for a file that is not there, and in a child for its user. */
function program(directory: string, parents: number, users: number): string {
  writeFileSync(join(directory, 'calls.c'), `#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
	for (int i = 0; i < ${parents}; i++) syscall(SYS_getppid);
	open("/petri/none", 0);
	if (fork() == 0) { for (int i = 0; i < ${users}; i++) syscall(SYS_getuid); _exit(3); }
	return wait(0) < 0;
}
`);
  const path = join(directory, 'calls');
  expect(spawnSync('gcc', ['-O1', '-o', path, `${path}.c`]).status).toBe(0);
  return path;
}

const start = (directory: string, target: TraceTarget, more: { calls?: string[]; limitBytes?: number } = {}) =>
  straceTracer.start({ target, tracePath: join(directory, 'trace'), limitBytes: 50_000_000, mark: 'test', ...more });

describe.skipIf(!canRun)('strace', () => {
  it('counts the calls of a program and of its children as they were made, as strace’s own count says', async () => {
    const directory = scratch();
    const [parents, users] = [draw(20, 200), draw(20, 200)];
    const path = program(directory, parents, users);
    const { table, left } = await tableOf(await (await start(directory, { kind: 'command', command: path, args: [] })).ended);
    const of = (name: string) => rankCalls(table).find((row) => row.name === name);
    expect(of('getppid')).toMatchObject({ count: parents, errors: 0, unreturned: 0, latencyNs: { count: parents } });
    expect(of('getuid')).toMatchObject({ count: users });
    expect(of('exit_group')).toMatchObject({ count: 2, unreturned: 2 });
    expect(of('wait4')).toMatchObject({ count: 1, unreturned: 0 });
    expect(left).toEqual({ undecoded: 0, returnsWithoutCall: 0, reboots: 0 });
    expect(table.rows.find(({ name }) => name === 'getppid')?.process).toMatch(/^calls \(\d+\)$/);

    const counted = spawnSync('strace', ['-f', '-c', '-o', join(directory, 'counts'), '-U', 'name,calls,errors', path]);
    expect(counted.status).toBe(0);
    const second = spawnSync('cat', [join(directory, 'counts')], { encoding: 'utf8' }).stdout;
    const rows = [...second.matchAll(/^(\w+) +(\d+) *(\d*) *$/gm)].map(([, name, count, errors]) => [name, Number(count), Number(errors)]);
    const ours = rankCalls(table).filter(({ name }) => name !== 'exit_group').map(({ name, count, errors }) => [name, count, errors]);
    const sorted = (list: unknown[][]) => list.filter(([name]) => name !== 'total' && name !== 'exit_group' && name !== 'syscall').sort(([one], [other]) => String(one).localeCompare(String(other)));
    expect(sorted(ours)).toEqual(sorted(rows));
  });

  it('sees only the calls that are asked for', async () => {
    const directory = scratch();
    const { ended } = await start(directory, { kind: 'command', command: program(directory, 30, 40), args: [] }, { calls: ['getuid', 'getppid'] });
    expect(rankCalls((await tableOf(await ended)).table).map(({ name, count }) => [name, count])).toEqual([['getuid', 40], ['getppid', 30]]);
  });

  it('lets go of a process that runs, which goes on', async () => {
    const directory = scratch();
    const child = spawn('sh', ['-c', 'while read -r line; do echo "$line"; done'], { stdio: ['pipe', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    const trace = await start(directory, { kind: 'processes', pids: [child.pid ?? 0] });
    child.stdin.write('first\n');
    await once(child.stdout, 'data');
    const { table } = await tableOf(await trace.stop());
    expect(rankCalls(table).find(({ name }) => name === 'write')).toMatchObject({ count: 1, errors: 0 });
    child.stdin.write('second\n');
    expect(String(await once(child.stdout, 'data'))).toBe('second\n');
    expect(child.exitCode).toBeNull();
  });

  it('ends a program that it started when it is stopped', async () => {
    // At once, when strace may not have taken hold of it yet.
    for (let time = 0; time < 8; time += 1) {
      const directory = scratch();
      const leaks = watchForLeaks([directory]);
      const trace = await start(directory, { kind: 'command', command: 'sleep', args: ['1000'] });
      const { evidence } = await trace.stop();
      expect(evidence).toMatchObject({ format: 'strace', cut: null });
      expect(leaks.list().processes).toEqual([]);
    }
  });

  it('cuts a trace at its limit, and says so; what is there is good', async () => {
    const directory = scratch();
    const ended = await (await start(directory, { kind: 'command', command: 'dd', args: ['if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=200000'] }, { limitBytes: 20_000 })).ended;
    expect(ended.evidence.cut).toBe('its limit of 20000 bytes');
    const { table } = await tableOf(ended);
    expect(table.total).toBeGreaterThan(50);
    expect(table.total).toBeLessThan(200_000);
  });

  it('refuses a process that is gone and a program that is not there, and leaves nothing', async () => {
    const directory = scratch();
    const gone = spawn('true');
    await once(gone, 'exit');
    const pid = gone.pid ?? 0;
    expect(await refusal('TRACED_PROCESS_GONE', [], () => start(directory, { kind: 'processes', pids: [pid] }))).toMatchObject({ details: { pid, reason: expect.stringContaining('No such process') as string } });
    expect(await refusal('TRACED_PROGRAM_MISSING', [], () => start(directory, { kind: 'command', command: '/petri/none', args: [] }))).toMatchObject({ details: { command: '/petri/none' } });
  });

  it('refuses a process that another debugger holds', async () => {
    const directory = scratch();
    const child = spawn('sleep', ['1000']);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    const target = { kind: 'processes', pids: [child.pid ?? 0] } as const;
    const first = await start(directory, target);
    const second = scratch();
    expect(await refusal('TRACE_NOT_PERMITTED', [], () => start(second, target))).toMatchObject({ details: { pid: child.pid } });
    await first.stop();
  });
});
