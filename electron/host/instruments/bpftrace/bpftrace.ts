import { spawn } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DeclaredError } from '../../../contract/errors.ts';
import type { EndedTrace, ProcessTracer } from '../../../core/calls/processTracer.ts';
import type { TraceEvent } from '../../../core/traces/traceEvent.ts';
import { findInPath } from '../../process/findInPath.ts';
import { runProcess } from '../../process/runProcess.ts';
import { followTrace } from '../strace/followTrace.ts';
import { bpftraceProgram, createBpftraceReader } from './bpftraceLines.ts';

/** Loading a program takes a second or two; the limit is for a kernel that hangs on it. */
const PROBE_LIMIT_MS = 20_000;
const ONLY_RUNNING = 'it watches processes that run, and all their calls: use strace';

async function probe(): Promise<{ available: boolean; reason: string }> {
  if (process.platform !== 'linux') return { available: false, reason: 'bpftrace watches Linux’s system calls, and this is another system' };
  if (process.arch !== 'x64') return { available: false, reason: `Petri reads bpftrace’s numbers on x86_64 only, not on ${process.arch}` };
  if ((await findInPath('bpftrace')) === null) return { available: false, reason: 'bpftrace is not installed: apt-get install bpftrace' };
  try {
    await runProcess('bpftrace', ['-e', 'tracepoint:raw_syscalls:sys_enter /pid == 0/ { } BEGIN { exit(); }'], { timeLimitMs: PROBE_LIMIT_MS });
    return { available: true, reason: 'a program could be loaded into the kernel' };
  } catch (error) {
    if (!(error instanceof DeclaredError) || error.failure.code !== 'PROCESS_FAILED') throw error;
    const words = error.failure.details.stderrTail.trim().split('\n').at(-1) ?? '';
    return { available: false, reason: `this kernel or user does not allow it: ${words}` };
  }
}

/**
 * Linux processes through eBPF: a tracepoint in the kernel at each call and return, which is some ten times cheaper than strace. It watches
 * processes that run, without children that they start later; it needs root and a kernel that allows it.
 */
export const bpftraceTracer: ProcessTracer = {
  name: 'bpftrace',
  title: 'bpftrace (eBPF)',
  provenance: { instrument: 'bpftrace', technique: 'eBPF at the tracepoints raw_syscalls:sys_enter and sys_exit; children that start later are not seen', resolutionNs: 1 },
  overhead: 'a program that does nothing but calls takes some ten times as long',
  refuses: ({ target, calls }) => (target.kind === 'command' || calls !== undefined ? ONLY_RUNNING : null),
  probe,
  async start({ target, tracePath, limitBytes, calls }) {
    const refuse = (reason: string): DeclaredError => new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: 'bpftrace', reason });
    const { available, reason } = await probe();
    if (!available) throw refuse(reason);
    if (target.kind === 'command' || calls !== undefined) throw refuse(ONLY_RUNNING);
    const gone = target.pids.find((pid) => !existsSync(`/proc/${pid}`));
    if (gone !== undefined) throw new DeclaredError('TRACED_PROCESS_GONE', { pid: gone, reason: `/proc/${gone} does not exist` });
    const child = spawn('bpftrace', ['-q', '-B', 'line', '-o', tracePath, '-e', bpftraceProgram(target.pids)], { stdio: ['ignore', 'ignore', 'ignore'] });
    const follower = followTrace(tracePath, limitBytes, () => child.kill('SIGINT'));
    const ended = new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve());
    })
      .finally(() => follower.close())
      .then(() => endedTrace(tracePath, follower.cut()));
    return {
      ended,
      stop: () => {
        child.kill('SIGINT');
        return ended;
      },
    };
  },
};

function endedTrace(path: string, cut: string | null): EndedTrace {
  let reader = createBpftraceReader();
  return {
    decoder: 'linux-x86_64',
    async *events(): AsyncGenerator<TraceEvent> {
      reader = createBpftraceReader();
      for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) yield* reader.take(line);
    },
    processName: ({ space }) => {
      const name = reader.nameOf(space);
      return name === null ? `process ${space}` : `${name} (${space})`;
    },
    evidence: { path, format: 'bpftrace', cut },
  };
}
