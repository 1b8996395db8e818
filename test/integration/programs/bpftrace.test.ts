import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CallTable } from '../../../electron/contract/metrics.ts';
import type { StartTrace } from '../../../electron/contract/programs.ts';
import { rankCalls } from '../../../electron/core/calls/rankCalls.ts';
import { bpftraceTracer } from '../../../electron/host/instruments/bpftrace/bpftrace.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { openMeasuringLab } from '../../support/measuringLab.ts';
import { hasProgram } from '../../support/qemuGuest.ts';
import { refusal } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';

const draw = drawNumbers('calls seen by eBPF');
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** A bpftrace in a mount namespace of its own, in which the kernel's tracepoints are mounted, as PATH. Nothing of the machine is changed. */
function pathWithTracepoints(): string {
  const directory = scratch();
  const program = spawnSync('sh', ['-c', 'command -v bpftrace'], { encoding: 'utf8' }).stdout.trim();
  const script = `#!/bin/sh\nexec unshare --mount sh -c 'mount -t tracefs tracefs /sys/kernel/tracing && exec ${program} "$@"' sh "$@"\n`;
  writeFileSync(join(directory, 'bpftrace'), script);
  chmodSync(join(directory, 'bpftrace'), 0o755);
  return `${directory}${delimiter}${process.env['PATH'] ?? ''}`;
}

function withTracepoints(): void {
  const path = process.env['PATH'];
  if (isRoot && !existsSync('/sys/kernel/tracing/events')) process.env['PATH'] = pathWithTracepoints();
  onTestFinished(() => void (process.env['PATH'] = path));
}

/** What the kernel of this machine says to a program with these tracepoints. */
function trial(): { readonly available: boolean; readonly reason: string } {
  if (!hasProgram('bpftrace')) return { available: false, reason: 'bpftrace is not installed' };
  if (!isRoot) return { available: false, reason: 'only root may load programs into the kernel' };
  const script = 'mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing; exec bpftrace -e "tracepoint:raw_syscalls:sys_enter /pid == 0/ { } BEGIN { exit(); }"';
  const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', script], { encoding: 'utf8', timeout: 30_000 });
  return { available: status === 0, reason: stderr.trim().split('\n').at(-1) ?? '' };
}

const { available, reason } = trial();
if (!available) process.stderr.write(`SKIPPED: bpftrace: ${reason}\n`);

/** Waits for a line, asks for its parent so many times, and lets a child ask for its user; then it waits for the next line. */
function program(directory: string, parents: number, users: number): string {
  writeFileSync(join(directory, 'calls.c'), `#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
	char c;
	while (read(0, &c, 1) == 1) {
		for (int i = 0; i < ${parents}; i++) syscall(SYS_getppid);
		if (fork() == 0) { for (int i = 0; i < ${users}; i++) syscall(SYS_getuid); _exit(0); }
		wait(0);
		write(1, "d", 1);
	}
	return 0;
}
`);
  const path = join(directory, 'calls');
  expect(spawnSync('gcc', ['-O1', '-o', path, `${path}.c`]).status).toBe(0);
  return path;
}

describe.skipIf(!available || !hasProgram('gcc'))('programs seen by eBPF (skipped where the kernel has no tracepoints, or this user may not use them)', () => {
  it('have their calls and those of their children counted to the last, as strace counts them', async () => {
    withTracepoints();
    const { client, directory } = await openMeasuringLab();
    const [parents, users] = [draw(2_000, 9_000), draw(200, 900)];
    const path = program(directory, parents, users);
    const counted = async (instrument: 'strace' | 'bpftrace'): Promise<{ calls: CallTable | null; cut: string | null | undefined; spentMs: number }> => {
      const child = spawn(path, [], { stdio: ['pipe', 'pipe', 'ignore'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      await once(child, 'spawn');
      const { id } = await client.programs.start({ target: { kind: 'processes', pids: [child.pid ?? 0] }, instrument });
      const began = performance.now();
      child.stdin.write('x');
      await once(child.stdout, 'data');
      const spentMs = performance.now() - began;
      child.stdin.end();
      await once(child, 'exit');
      await client.programs.cancel({ id });
      const { samples, trace } = await client.programs.get({ id });
      expect(trace.provenance.instrument).toBe(instrument);
      return { calls: samples[0]?.metrics?.calls ?? null, cut: samples[0]?.metrics?.evidence[0]?.cut, spentMs };
    };
    const [ebpf, strace] = [await counted('bpftrace'), await counted('strace')];
    const rows = ({ calls }: { calls: CallTable | null }): (string | number | null)[][] => (calls === null ? [] : rankCalls(calls).map(({ name, count, errors }) => [name, count, errors]).toSorted(([one], [other]) => String(one).localeCompare(String(other))));
    expect(rows(ebpf)).toEqual(expect.arrayContaining([['getppid', parents, 0], ['getuid', users, 0], ['wait4', 1, 0]]));
    // Both find it waiting in read: strace makes it begin that anew and counts it, the tracepoint sees its return alone.
    const others = (all: ReturnType<typeof rows>): ReturnType<typeof rows> => all.filter(([name]) => name !== 'read');
    expect(others(rows(ebpf))).toEqual(others(rows(strace)));
    expect(ebpf.cut).toBe('it was cancelled');
    process.stderr.write(`${String(parents + users)} calls took ${ebpf.spentMs.toFixed(0)} ms under bpftrace and ${strace.spentMs.toFixed(0)} ms under strace\n`);
  });

  it('refuses a command, a choice of calls, and a process that is gone; and takes the first that works otherwise', async () => {
    withTracepoints();
    const { client } = await openMeasuringLab();
    const gone = spawn('true');
    await once(gone, 'exit');
    await refusal('TRACED_PROCESS_GONE', [], () => client.programs.start({ target: { kind: 'processes', pids: [gone.pid ?? 0] } }));
    const refused: StartTrace[] = [{ target: { kind: 'command', command: 'true' } }, { target: { kind: 'processes', pids: [process.pid] }, calls: ['read'] }];
    for (const trace of refused) {
      const { evidence } = await refusal('INSTRUMENT_UNAVAILABLE', [], () => client.programs.start({ ...trace, instrument: 'bpftrace' }));
      expect(evidence.join()).toContain('use strace');
    }
  });
});

describe.skipIf(!hasProgram('bpftrace') || existsSync('/sys/kernel/tracing/events') || existsSync('/sys/kernel/debug/tracing/events'))('a kernel whose tracepoints are not mounted', () => {
  it('is said to be so, with what mounts them', async () => {
    expect(await bpftraceTracer.probe()).toMatchObject({ available: false, reason: expect.stringMatching(/not mounted; as root: mount -t tracefs|no tracepoints|does not allow/) as string });
  });
});
