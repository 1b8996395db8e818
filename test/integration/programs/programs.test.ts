import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { CallTable } from '../../../electron/contract/metrics.ts';
import type { StartTrace, TraceWithSamples } from '../../../electron/contract/programs.ts';
import { rankCalls } from '../../../electron/core/calls/rankCalls.ts';
import { summariseTrace } from '../../../electron/core/programs/tracedSample.ts';
import { straceTracer } from '../../../electron/host/instruments/strace/strace.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { openMeasuringLab } from '../../support/measuringLab.ts';
import { refusal } from '../../support/refusal.ts';

const { available, reason } = await straceTracer.probe();
if (!available) process.stderr.write(`SKIPPED: strace: ${reason}\n`);
const draw = drawNumbers('calls of processes');

/** A trace that has ended. */
async function ended(client: LabClient, { id }: { readonly id: string }): Promise<TraceWithSamples> {
  for await (const event of await client.programs.watch({ id })) if (event.type === 'trace' && event.trace.state !== 'running') break;
  return client.programs.get({ id });
}

async function watched(client: LabClient, request: StartTrace): Promise<TraceWithSamples> {
  return ended(client, await client.programs.start({ instrument: 'strace', ...request }));
}

function callsOf({ samples }: TraceWithSamples, index = 0): CallTable {
  const calls = samples[index]?.metrics?.calls;
  if (calls == null) throw new Error(`sample ${index} has no calls`);
  return calls;
}

const count = (whole: TraceWithSamples, name: string, index = 0): number | undefined => rankCalls(callsOf(whole, index)).find((row) => row.name === name)?.count;
const cutOf = ({ samples }: TraceWithSamples): string | null | undefined => samples[0]?.metrics?.evidence[0]?.cut;

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
  it('have their calls counted in the form of a guest’s, and kept with how it was done, what it costs, and the lines behind it', async () => {
    const { client, directory } = await openMeasuringLab();
    const blocks = draw(50, 300);
    const whole = await watched(client, { target: { kind: 'command', command: 'dd', args: ['if=/dev/zero', 'of=made', 'bs=1', `count=${blocks}`], directory }, tags: ['disk'] });
    // dd writes each block, and three lines of its own count at the end, however they are put together.
    expect(readFileSync(`${directory}/made`)).toHaveLength(blocks);
    expect(count(whole, 'write')).toBeGreaterThanOrEqual(blocks);
    expect(count(whole, 'write')).toBeLessThan(blocks + 20);
    const { trace, samples } = whole;
    expect(trace).toMatchObject({ state: 'done', name: `dd if=/dev/zero of=made bs=1 count=${blocks}`, tags: ['disk'], pids: [], left: { undecoded: 0, returnsWithoutCall: 0 }, provenance: { instrument: 'strace' }, overhead: null, figures: { samples: 1, systemCalls: callsOf(whole).total } });
    expect(trace.overheadSays).toContain('5 runs');
    expect(trace.costs).toContain('hundred times');
    expect(samples[0]).toMatchObject({ outcome: 'complete', metrics: { readings: [{ metric: 'systemCalls', certainty: 'measured', value: callsOf(whole).total, instrument: 'strace', overhead: null }], evidence: [{ format: 'strace', cut: null }] } });
    // A name for the process, from the begin on: what it was before dd is no other process.
    expect(new Set(callsOf(whole).rows.map(({ process }) => process))).toEqual(new Set([expect.stringMatching(/^dd \(\d+\)$/) as string]));

    const page = await client.programs.evidence({ id: trace.id, index: 0, search: 'write(', limit: 5 });
    expect([page.lines.length, page.digest]).toEqual([5, samples[0]?.metrics?.evidence[0]?.digest]);
    expect(page.lines[0]).toMatch(/<dd> .* write\(/);
    const text = async (format: 'text' | 'csv' | 'json'): Promise<string> => Buffer.from((await client.programs.export({ id: trace.id, format })).base64, 'base64').toString();
    expect(await text('text')).toContain(`again: petri trace -- dd if=/dev/zero of=made bs=1 count=${blocks}`);
    expect((await text('csv')).split('\r\n').find((line) => line.includes(',write,'))).toContain(`,write,${count(whole, 'write') ?? 0},0,`);
    expect(JSON.parse(await text('json'))).toEqual(whole);
  });

  it('have kept how they ended by themselves, and nothing of an end that Petri made', async () => {
    const { client } = await openMeasuringLab();
    const end = async (script: string, more: Partial<StartTrace> = {}) => (await watched(client, { target: { kind: 'command', command: 'sh', args: ['-c', script] }, ...more })).trace.exits;
    const status = draw(1, 100);
    expect(await end(`exit ${status}`, { runs: 2 })).toEqual([0, 1].map((index) => ({ index, exitCode: status, signal: null })));
    expect(await end('kill -SEGV $$')).toEqual([{ index: 0, exitCode: null, signal: 'SIGSEGV' }]);
    expect(await end('sleep 60', { durationSeconds: 1 })).toEqual([]);
  });

  it('are run again and again, with a median and its interval, and without the instrument, which says what it costs; two traces compare', async () => {
    const { client, directory } = await openMeasuringLab();
    const command = (blocks: number): StartTrace => ({ target: { kind: 'command', command: 'dd', args: ['if=/dev/zero', 'of=made', 'bs=1', `count=${blocks}`], directory }, runs: 5 });
    const blocks = draw(500, 900);
    const first = await watched(client, command(blocks));
    expect(first.samples.map(({ index, outcome }) => [index, outcome])).toEqual([0, 1, 2, 3, 4].map((index) => [index, 'complete']));
    expect(first.trace).toMatchObject({ overhead: { boots: 5 }, overheadSays: expect.stringMatching(/times as long .* from 5 runs\)$/) as string });
    expect(first.trace.overhead?.ratio).toBeGreaterThan(1);
    expect(first.samples.map(({ metrics }) => metrics?.readings[0]?.overhead)).toEqual(Array(5).fill(first.trace.overhead?.ratio));
    const summary = summariseTrace(first.trace, first.samples);
    expect(summary?.ranking.find(({ name }) => name === 'write')?.count).toMatchObject({ count: 5, interval: { level: 0.95 } });
    const second = await watched(client, { ...command(2 * blocks), costs: false });
    expect([second.trace.overhead, second.trace.overheadSays]).toEqual([null, expect.stringContaining('not wanted')]);
    const { calls, obstacle } = await client.programs.compare({ a: first.trace.id, b: second.trace.id });
    const write = calls.find(({ name }) => name === 'write')?.count;
    expect(obstacle).toBeNull();
    expect(write?.ratio).toBeCloseTo((count(second, 'write') ?? 0) / (count(first, 'write') ?? 1), 2);
    expect(write?.interval?.low).toBeLessThanOrEqual(write?.ratio ?? 0);
  });

  it('stay in the list under a name with notes and tags, go to the trash and come back, and are there for the next lab', async () => {
    const { client, directory, lab } = await openMeasuringLab();
    const { trace: { id } } = await watched(client, { target: { kind: 'command', command: 'true', directory } });
    expect(await client.programs.annotate({ id, name: 'Nothing', notes: 'to see the floor', tags: ['floor'] })).toMatchObject({ name: 'Nothing', tags: ['floor'] });
    await client.programs.remove({ id });
    expect(await client.programs.list()).toEqual([]);
    expect(await client.programs.trash()).toMatchObject([{ id, name: 'Nothing' }]);
    expect(await client.programs.restore({ id })).toMatchObject({ id, notes: 'to see the floor' });
    const { trace: passing } = await watched(client, { target: { kind: 'command', command: 'true', directory }, save: false });
    expect((await client.programs.list()).map(({ id: one }) => one)).toEqual([passing.id, id]);
    await lab.dispose();
    const next = await openMeasuringLab({ directory });
    expect((await next.client.programs.list()).map(({ id: one }) => one)).toEqual([id]);
    expect((await next.client.programs.get({ id })).samples).toHaveLength(1);
  });

  it('are let go after the duration, and go on', async () => {
    const { client } = await openMeasuringLab();
    const program = await echo();
    const { id } = await client.programs.start({ target: { kind: 'processes', pids: [program.pid] }, durationSeconds: 1, instrument: 'strace', calls: ['write'] });
    await taken(program.pid);
    const lines = draw(2, 5);
    for (let at = 0; at < lines; at += 1) await program.say(`line ${at}`);
    const whole = await ended(client, { id });
    expect(rankCalls(callsOf(whole)).map(({ name, errors }) => [name, errors])).toEqual([['write', 0]]);
    expect(count(whole, 'write')).toBe(lines);
    expect(whole.trace).toMatchObject({ pids: [program.pid], calls: ['write'] });
    expect(whole.trace.overheadSays).toContain('cannot be run again');
    expect(whole.trace.figures.durationNs).toBeGreaterThanOrEqual(1e9);
    expect(tracerOf(program.pid)).toBe('0');
    expect(await program.say('after')).toBe('after\n');
  });

  it('are let go when the trace is cancelled, which keeps what was seen until then and leaves nothing', async () => {
    const { client, directory } = await openMeasuringLab();
    const program = await echo();
    const leaks = watchForLeaks([directory]);
    const { id } = await client.programs.start({ target: { kind: 'processes', pids: [program.pid] }, instrument: 'strace' });
    await taken(program.pid);
    await program.say('seen');
    await expect(client.programs.remove({ id })).rejects.toMatchObject({ code: 'GUEST_BUSY' });
    expect((await client.programs.cancel({ id })).state).toBe('cancelled');
    const whole = await client.programs.get({ id });
    expect([count(whole, 'write'), cutOf(whole), whole.samples[0]?.outcome]).toEqual([1, 'it was cancelled', 'incomplete']);
    expect(await program.say('after')).toBe('after\n');
    expect(leaks.list().processes).toEqual([]);
  });

  it('that are not there, and what an instrument cannot do, are refused by name, and nothing is kept of it', async () => {
    const { client, directory } = await openMeasuringLab();
    const gone = spawn('true');
    await once(gone, 'exit');
    const pid = gone.pid ?? 0;
    expect((await refusal('TRACED_PROCESS_GONE', [], () => watched(client, { target: { kind: 'processes', pids: [pid] } }))).details).toMatchObject({ pid });
    expect((await refusal('TRACED_PROGRAM_MISSING', [], () => watched(client, { target: { kind: 'command', command: './none', directory } }))).details).toMatchObject({ command: './none' });
    expect((await refusal('TRACED_PROGRAM_MISSING', [], () => watched(client, { target: { kind: 'command', command: 'true', directory: `${directory}/none` } }))).evidence.join()).toContain('no such directory');
    expect((await refusal('INSTRUMENT_UNAVAILABLE', [], () => watched(client, { target: { kind: 'command', command: 'true' }, instrument: 'bpftrace' }))).evidence.join()).toContain('strace');
    expect((await refusal('INPUT_INVALID', [], () => watched(client, { target: { kind: 'processes', pids: [process.pid] }, runs: 2 }))).evidence.join()).toContain('need a duration');
    expect((await refusal('INPUT_INVALID', [], () => watched(client, { target: { kind: 'command', command: 'true' }, costs: true }))).evidence.join()).toContain('from 5 runs on');
    await expect(client.programs.get({ id: 'trace-none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await client.programs.list()).toEqual([]);
  });

  it('that another debugger holds are refused, with what must be allowed', async () => {
    const { client } = await openMeasuringLab();
    const program = await echo();
    const { id } = await client.programs.start({ target: { kind: 'processes', pids: [program.pid] }, instrument: 'strace' });
    await taken(program.pid);
    const { evidence, fix } = await refusal('TRACE_NOT_PERMITTED', [], () => watched(client, { target: { kind: 'processes', pids: [program.pid] } }));
    expect(evidence.join()).toContain('Operation not permitted');
    expect(fix).toContain('ptrace_scope');
    await client.programs.cancel({ id });
  });

  it('cannot be watched without strace, which is said with what to install', async () => {
    const { client } = await openMeasuringLab();
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    onTestFinished(() => void (process.env['PATH'] = path));
    const { evidence } = await refusal('INSTRUMENT_UNAVAILABLE', [], () => watched(client, { target: { kind: 'command', command: '/bin/true' } }));
    const [bpftrace, strace] = await client.programs.tracers();
    process.env['PATH'] = path;
    expect(evidence.join()).toContain('apt-get install strace');
    expect([bpftrace?.reason, strace?.reason]).toEqual([expect.stringContaining('apt-get install bpftrace'), expect.stringContaining('apt-get install strace')]);
  });
});
