import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { ProcessTrace, TraceProcesses } from '../../../electron/contract/instruments.ts';
import { rankCalls } from '../../../electron/core/calls/rankCalls.ts';
import { straceTracer } from '../../../electron/host/instruments/strace/strace.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { openMeasuringLab } from '../../support/measuringLab.ts';
import { refusal } from '../../support/refusal.ts';

const { available, reason } = await straceTracer.probe();
if (!available) process.stderr.write(`SKIPPED: strace: ${reason}\n`);
const draw = drawNumbers('calls of processes');

async function watched(client: LabClient, request: TraceProcesses): Promise<ProcessTrace> {
  return client.instruments.processTrace(await client.instruments.traceProcesses({ instrument: 'strace', ...request }));
}

const count = ({ calls }: ProcessTrace, name: string): number | undefined => rankCalls(calls).find((row) => row.name === name)?.count;

/** Repeats each line that it is given. */
async function echo() {
  const child = spawn('sh', ['-c', 'while read -r line; do echo "$line"; done'], { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const say = async (line: string): Promise<string> => {
    child.stdin.write(`${line}\n`);
    return String(await once(child.stdout, 'data'));
  };
  await say('ready');
  return { pid: child.pid ?? 0, say };
}

/** Whether something watches a process. */
const tracerOf = (pid: number): string => /TracerPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

/** strace lets go of a call that waits only when it is told so; the process shows when it was taken. */
async function taken(pid: number): Promise<void> {
  while (tracerOf(pid) === '0') await new Promise((resolve) => setImmediate(resolve));
}

describe.skipIf(!available)('programs of this host', () => {
  it('have their calls counted in the form of a guest’s, with how it was done and what it costs', async () => {
    const { client, directory } = await openMeasuringLab();
    const blocks = draw(50, 300);
    const trace = await watched(client, { target: { kind: 'command', command: 'dd', args: ['if=/dev/zero', 'of=made', 'bs=1', `count=${blocks}`], directory } });
    // dd writes each block, and three lines of its own count at the end, however they are put together.
    expect(readFileSync(`${directory}/made`)).toHaveLength(blocks);
    expect(count(trace, 'write')).toBeGreaterThanOrEqual(blocks);
    expect(count(trace, 'write')).toBeLessThan(blocks + 20);
    expect(trace).toMatchObject({ cut: null, pids: [], left: { undecoded: 0, returnsWithoutCall: 0 }, provenance: { instrument: 'strace' }, readings: [{ metric: 'systemCalls', certainty: 'measured', value: trace.calls.total, instrument: 'strace' }] });
    expect(trace.overhead).toContain('hundred times');
    // A name for the process, from the begin on: what it was before dd is no other process.
    expect(new Set(trace.calls.rows.map(({ process }) => process))).toEqual(new Set([expect.stringMatching(/^dd \(\d+\)$/) as string]));
  });

  it('are let go after the duration, and go on', async () => {
    const { client } = await openMeasuringLab();
    const program = await echo();
    const { task } = await client.instruments.traceProcesses({ target: { kind: 'processes', pids: [program.pid] }, durationSeconds: 1, instrument: 'strace', calls: ['write'] });
    await taken(program.pid);
    const lines = draw(2, 5);
    for (let at = 0; at < lines; at += 1) await program.say(`line ${at}`);
    const trace = await client.instruments.processTrace({ task });
    expect(rankCalls(trace.calls).map(({ name, errors }) => [name, errors])).toEqual([['write', 0]]);
    expect(count(trace, 'write')).toBe(lines);
    expect(trace.durationNs).toBeGreaterThanOrEqual(1e9);
    expect(tracerOf(program.pid)).toBe('0');
    expect(await program.say('after')).toBe('after\n');
  });

  it('are let go when the task is cancelled, which keeps what was seen until then and leaves nothing', async () => {
    const { client, directory } = await openMeasuringLab();
    const program = await echo();
    const leaks = watchForLeaks([directory]);
    const { task } = await client.instruments.traceProcesses({ target: { kind: 'processes', pids: [program.pid] }, instrument: 'strace' });
    await taken(program.pid);
    await program.say('seen');
    await client.tasks.cancel({ id: task });
    const trace = await client.instruments.processTrace({ task });
    expect([count(trace, 'write'), trace.cut]).toEqual([1, 'it was cancelled']);
    expect((await client.tasks.list()).find(({ id }) => id === task)?.state).toBe('cancelled');
    expect(await program.say('after')).toBe('after\n');
    expect(leaks.list().processes).toEqual([]);
  });

  it('that are not there, a container that is not, and what an instrument cannot do, are refused by name', async () => {
    const { client, directory } = await openMeasuringLab();
    const gone = spawn('true');
    await once(gone, 'exit');
    const pid = gone.pid ?? 0;
    expect((await refusal('TRACED_PROCESS_GONE', [], () => watched(client, { target: { kind: 'processes', pids: [pid] } }))).details).toMatchObject({ pid });
    expect((await refusal('TRACED_PROGRAM_MISSING', [], () => watched(client, { target: { kind: 'command', command: './none', directory } }))).details).toMatchObject({ command: './none' });
    expect((await refusal('TRACED_PROGRAM_MISSING', [], () => watched(client, { target: { kind: 'command', command: 'true', directory: `${directory}/none` } }))).evidence.join()).toContain('no such directory');
    expect((await refusal('INSTRUMENT_UNAVAILABLE', [], () => watched(client, { target: { kind: 'command', command: 'true' }, instrument: 'bpftrace' }))).evidence.join()).toContain('strace');
    await expect(client.instruments.processTrace({ task: 'task-none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('cannot be watched without strace, which is said with what to install', async () => {
    const { client } = await openMeasuringLab();
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    onTestFinished(() => void (process.env['PATH'] = path));
    const { evidence } = await refusal('INSTRUMENT_UNAVAILABLE', [], () => watched(client, { target: { kind: 'command', command: '/bin/true' } }));
    process.env['PATH'] = path;
    expect(evidence.join()).toContain('apt-get install strace');
  });
});
