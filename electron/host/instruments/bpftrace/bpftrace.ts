import type { ChildProcess } from 'node:child_process';
import { closeSync, createReadStream, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DeclaredError } from '../../../contract/errors.ts';
import type { EndedTrace, ProcessTracer, RunningTrace, TraceRequest } from '../../../core/calls/processTracer.ts';
import type { TraceEvent } from '../../../core/traces/traceEvent.ts';
import { findInPath } from '../../process/findInPath.ts';
import { runProcess } from '../../process/runProcess.ts';
import { followTrace } from '../strace/followTrace.ts';
import { spawnWithLab } from '../strace/spawnWithLab.ts';
import { ARMED, ARMED_LINES, BEAT, bpftraceProgram, createBpftraceReader } from './bpftraceLines.ts';

/** Loading a program takes a second or two; the limit is for a kernel that hangs on it. */
const PROBE_LIMIT_MS = 20_000;
const ONLY_RUNNING = 'it watches processes that run, and all their calls: use strace';
/** Pages of 4 KiB between kernel and bpftrace for each CPU; with its own 64, a busy program loses lines. */
const BUFFER_PAGES = '1024';
const STDERR_CHARACTERS = 4_096;
/** Where the kernel tells of its tracepoints, and where it did before. */
const TRACEPOINTS = ['/sys/kernel/tracing/events/raw_syscalls', '/sys/kernel/debug/tracing/events/raw_syscalls'];

async function probe(): Promise<{ available: boolean; reason: string }> {
  if (process.platform !== 'linux') return { available: false, reason: 'bpftrace watches Linux’s system calls, and this is another system' };
  if (process.arch !== 'x64') return { available: false, reason: `Petri reads bpftrace’s numbers on x86_64 only, not on ${process.arch}` };
  if ((await findInPath('bpftrace')) === null) return { available: false, reason: 'bpftrace is not installed: apt-get install bpftrace' };
  try {
    await runProcess('bpftrace', ['-e', 'tracepoint:raw_syscalls:sys_enter /pid == 0/ { } BEGIN { exit(); }'], { timeLimitMs: PROBE_LIMIT_MS });
    return { available: true, reason: 'a program could be loaded into the kernel' };
  } catch (error) {
    if (!(error instanceof DeclaredError) || error.failure.code !== 'PROCESS_FAILED') throw error;
    return { available: false, reason: refusalIn(error.failure.details.stderrTail) };
  }
}

/** Of what bpftrace complained, the line that says why; a kernel whose tracepoints cannot be seen is told apart. */
function refusalIn(complaints: string): string {
  const lines = complaints.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const errors = lines.filter((line) => line.includes('ERROR') && !line.includes('RLIMIT_MEMLOCK'));
  const words = errors[0] ?? lines.at(-1) ?? 'it said nothing';
  if (!words.includes('tracepoint not found') || TRACEPOINTS.some((path) => existsSync(path))) return `this kernel or user does not allow it: ${words}`;
  const hasTracefs = readFileSync('/proc/filesystems', 'utf8').includes('tracefs');
  return hasTracefs ? 'the kernel’s tracepoints are not mounted; as root: mount -t tracefs tracefs /sys/kernel/tracing' : 'this kernel has no tracepoints (CONFIG_FTRACE_SYSCALLS)';
}

/**
 * Linux processes through eBPF: a tracepoint in the kernel at each call and return, whose lines bpftrace writes. It watches processes that
 * run, and children that they start; it needs root and a kernel that allows it.
 */
export const bpftraceTracer: ProcessTracer = {
  name: 'bpftrace',
  title: 'bpftrace (eBPF)',
  provenance: { instrument: 'bpftrace', technique: 'eBPF at the kernel’s tracepoints of every call’s begin and end (raw_syscalls)', resolutionNs: 1 },
  overhead: 'nothing is stopped, but each call becomes a line: a program that does nothing but calls takes tens of times as long, on busy cores hundreds',
  refuses: ({ target, calls }) => (target.kind === 'command' || calls !== undefined ? ONLY_RUNNING : null),
  probe,
  async start(request) {
    const { target, tracePath, calls } = request;
    const { available, reason } = await probe();
    if (!available) throw unavailable(reason);
    if (target.kind === 'command' || calls !== undefined) throw unavailable(ONLY_RUNNING);
    const gone = target.pids.find((pid) => !existsSync(`/proc/${pid}`));
    if (gone !== undefined) throw new DeclaredError('TRACED_PROCESS_GONE', { pid: gone, reason: `/proc/${gone} does not exist` });
    // Its own `-o` writes a file when a buffer is full; standard output it writes line by line.
    const trace = openSync(tracePath, 'w', 0o600);
    try {
      const child = await spawnWithLab('bpftrace', ['-q', '-B', 'line', '-e', bpftraceProgram(target.pids)], { stdio: ['ignore', trace, 'pipe'], env: { ...process.env, BPFTRACE_PERF_RB_PAGES: BUFFER_PAGES } });
      return await running(child, request);
    } finally {
      closeSync(trace);
    }
  },
};

const unavailable = (reason: string): DeclaredError => new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: 'bpftrace', reason });

async function running(child: ChildProcess, { tracePath, limitBytes, grew }: TraceRequest): Promise<RunningTrace> {
  let complaints = '';
  let isArmed = false;
  const armed = Promise.withResolvers<void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void (complaints = (complaints + text).slice(-STDERR_CHARACTERS)));
  let caughtUp: CaughtUp | null = null;
  let leftBehind: string | null = null;
  const look = (bytes: number): void => {
    if (caughtUp?.look() === true) child.kill('SIGINT');
    if (!isArmed && armedLines(tracePath) >= ARMED_LINES) {
      isArmed = true;
      armed.resolve();
    }
    grew?.(bytes);
  };
  const follower = followTrace(tracePath, { limitBytes, full: () => child.kill('SIGINT'), grew: look });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  })
    .finally(() => follower.close())
    .then(() => {
      if (!isArmed) throw unavailable(refusalIn(complaints));
      return endedTrace(tracePath, follower.cut() ?? leftBehind);
    });
  await Promise.race([armed.promise, ended]);
  return {
    ended,
    // What bpftrace has not read when it is interrupted it throws away: it may catch up with now.
    stop: () => {
      if (caughtUp !== null) return ended;
      caughtUp = waitForBeats(tracePath, process.hrtime.bigint());
      const patience = setTimeout(() => {
        leftBehind = `bpftrace was ${CATCH_UP_LIMIT_MS / 1_000} s behind when it was stopped`;
        child.kill('SIGINT');
      }, CATCH_UP_LIMIT_MS);
      return ended.finally(() => clearTimeout(patience));
    },
  };
}

interface CaughtUp {
  /** Whether what came before is in the trace, once. */
  look(): boolean;
}

/** A beat that is later may be read before another CPU's lines; with the second one, that round of reading is over. */
const LATER_BEATS = 2;
/** A program that floods is never caught up with: what is left then is lost, and the trace says so. */
const CATCH_UP_LIMIT_MS = 5_000;
const BEAT_BYTES = 40;

function waitForBeats(path: string, since: bigint): CaughtUp {
  let from = Math.max(0, statSync(path).size - BEAT_BYTES);
  const later = new Set<string>();
  return {
    look() {
      if (later.size >= LATER_BEATS) return false;
      const fd = openSync(path, 'r');
      try {
        const text = Buffer.alloc(Math.max(0, fstatSync(fd).size - from));
        const bytes = readSync(fd, text, 0, text.length, from);
        // The last line may be half there: it is read again.
        from += Math.max(0, bytes - BEAT_BYTES);
        for (const [, ns = '0'] of text.toString('latin1', 0, bytes).replace(/[^\n]*$/, '').matchAll(BEAT)) if (BigInt(ns) > since) later.add(ns);
      } finally {
        closeSync(fd);
      }
      return later.size >= LATER_BEATS;
    },
  };
}

/** Asked only until both are there, when the trace is still short. */
function armedLines(path: string): number {
  return existsSync(path) ? (readFileSync(path, 'utf8').match(ARMED)?.length ?? 0) : 0;
}

function endedTrace(path: string, cut: string | null): EndedTrace {
  let reader = createBpftraceReader();
  return {
    decoder: 'linux-x86_64',
    exit: null,
    async *events(): AsyncGenerator<TraceEvent> {
      reader = createBpftraceReader();
      for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) yield* reader.take(line);
    },
    processName: ({ space }) => {
      const name = reader.nameOf(space);
      return name === null ? `process ${space}` : `${name} (${space})`;
    },
    // What the kernel had no room for is known when the events were read.
    get evidence(): EndedTrace['evidence'] {
      const lost = reader.lost() === 0 ? null : `the kernel had no room for ${reader.lost()} lines`;
      return { path, format: 'bpftrace', cut: [cut, lost].filter((why) => why !== null).join('; ') || null };
    },
  };
}
