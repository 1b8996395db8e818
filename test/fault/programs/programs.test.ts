import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProgramTrace } from '../../../electron/contract/programs.ts';
import { straceTracer } from '../../../electron/host/instruments/strace/strace.ts';
import { startLabProcess } from '../../support/labProcess.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { openMeasuringLab } from '../../support/measuringLab.ts';
import { refusal } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';
import { canMount, cannotMount, fillDisk } from '../../support/smallDisk.ts';

const { available, reason } = await straceTracer.probe();
if (!available) process.stderr.write(`SKIPPED: strace: ${reason}\n`);
if (!canMount) process.stderr.write(`SKIPPED: a full disk under a trace: ${cannotMount}\n`);

const tracerOf = (pid: number): string => /TracerPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

/** A file system of its own in memory; lazily unmounted, because the lab that lives on it may be closed later. */
function smallDisk(mebibytes: number): string {
  const path = scratch();
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${String(mebibytes)}m`, 'tmpfs', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  onTestFinished(() => void spawnSync('umount', ['-l', path]));
  return path;
}

describe.skipIf(!available)('a lab that is killed while it watches programs', () => {
  it('lets go of what ran already, ends what it started, and the next lab says that the trace was interrupted', async () => {
    const directory = scratch();
    const place = { dataDirectory: join(directory, 'data'), runDirectory: join(directory, 'run') };
    const running = spawn('sh', ['-c', 'while read -r line; do echo "$line"; done'], { stdio: ['pipe', 'pipe', 'ignore'] });
    onTestFinished(() => void running.kill('SIGKILL'));
    await once(running, 'spawn');
    const pid = running.pid ?? 0;
    const lab = await startLabProcess(place);
    await lab.call('programs.start', { target: { kind: 'processes', pids: [pid] }, instrument: 'strace' });
    // A child of its own, and one that is deaf to the interrupt.
    const script = 'trap "" INT; sleep 1001 & echo $! > child; sleep 1002';
    await lab.call('programs.start', { target: { kind: 'command', command: 'sh', args: ['-c', script], directory } });
    await vi.waitFor(() => expect([tracerOf(pid), readFileSync(join(directory, 'child'), 'utf8')]).not.toEqual(['0', '']), { timeout: 10_000 });
    await lab.kill();

    await vi.waitFor(() => expect(tracerOf(pid)).toBe('0'), { timeout: 10_000 });
    running.stdin.write('after\n');
    expect(String(await once(running.stdout, 'data'))).toBe('after\n');
    const next = await openMeasuringLab({ directory });
    await vi.waitFor(() => expect(watchForLeaks([directory]).list().processes).toEqual([]), { timeout: 10_000 });
    const traces = await next.client.programs.list();
    expect(traces.map(({ state, figures }: ProgramTrace) => [state, figures.samples])).toEqual([['interrupted', 0], ['interrupted', 0]]);
    expect(traces.every(({ endedAt }) => endedAt !== null)).toBe(true);
    expect(readdirSync(join(directory, 'data', 'traces'))).toEqual([]);
  });
});

describe.skipIf(!available || !canMount)('a disk that is full', () => {
  it('before a trace refuses it with DISK_FULL, and nothing is kept of it', async () => {
    const directory = smallDisk(24);
    const { client } = await openMeasuringLab({ directory });
    writeFileSync(join(directory, 'ballast'), Buffer.alloc(16 * 1024 * 1024));
    await refusal('DISK_FULL', [], () => client.programs.start({ target: { kind: 'command', command: 'true' } }));
    expect(await client.programs.list()).toEqual([]);
  });

  it('by the trace itself cuts it there, and what was seen is kept', async () => {
    const directory = smallDisk(24);
    const { client } = await openMeasuringLab({ directory });
    // A trace needs 8 MiB to begin, and leaves 4.
    const { bavail, bsize } = statfsSync(directory);
    writeFileSync(join(directory, 'ballast'), Buffer.alloc(bavail * bsize - 8.5 * 1024 * 1024));
    const { id } = await client.programs.start({ target: { kind: 'command', command: 'dd', args: ['if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=10000000'] } });
    for await (const event of await client.programs.watch({ id })) if (event.type === 'trace' && event.trace.state !== 'running') break;
    const { trace, samples } = await client.programs.get({ id });
    expect(trace).toMatchObject({ state: 'done', failure: null });
    expect(samples[0]).toMatchObject({ outcome: 'incomplete', metrics: { evidence: [{ cut: expect.stringContaining('its limit of') as string }] } });
    expect(samples[0]?.metrics?.calls?.total).toBeGreaterThan(1_000);
  });

  it('by somebody else in the middle is said, what was started ends, and what was kept before is there', async () => {
    const directory = smallDisk(24);
    const { client } = await openMeasuringLab({ directory });
    const before = await client.programs.start({ target: { kind: 'command', command: 'true' } });
    for await (const event of await client.programs.watch({ id: before.id })) if (event.type === 'trace' && event.trace.state !== 'running') break;
    const { id } = await client.programs.start({ target: { kind: 'command', command: 'sleep', args: ['1003'], directory } });
    fillDisk(directory);
    await client.programs.cancel({ id });
    const { trace, samples } = await client.programs.get({ id });
    // The database may have room of its own for the sample, or not.
    if (trace.failure === null) expect([trace.state, samples[0]?.metrics?.evidence[0]?.cut]).toEqual(['cancelled', 'it was cancelled; the disk was full']);
    else expect([trace.state, trace.failure.code, samples]).toEqual(['failed', 'DISK_FULL', []]);
    expect((await client.programs.get({ id: before.id })).samples).toHaveLength(1);
    expect(watchForLeaks([directory]).list().processes).toEqual([]);
  });
});
