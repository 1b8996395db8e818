import type { ChildProcess } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { DeclaredError } from '../../../contract/errors.ts';
import type { EndedTrace, ProcessTracer, RunningTrace, TraceRequest, TraceTarget } from '../../../core/calls/processTracer.ts';
import type { TraceEvent } from '../../../core/traces/traceEvent.ts';
import { findInPath } from '../../process/findInPath.ts';
import { killGroup } from '../../process/killGroup.ts';
import { runProcess } from '../../process/runProcess.ts';
import { followTrace } from './followTrace.ts';
import { spawnWithLab } from './spawnWithLab.ts';
import { createStraceReader, type HostConvention } from './straceLines.ts';
import { MARK, refuseMissing } from './tracedCommand.ts';

/** `strace -V` takes milliseconds; the limit is for a program that hangs. */
const PROBE_LIMIT_MS = 10_000;
/** The first version that prints processes' names (`-Y`) beside the calls' numbers (`-n`). */
const OLDEST = { major: 5, minor: 16 };
const STDERR_CHARACTERS = 4_096;
const ATTACHED = /^strace: Process \d+(<.*>)? attached/m;

const conventions: Readonly<Partial<Record<NodeJS.Architecture, HostConvention & { readonly decoder: string }>>> = {
  x64: { decoder: 'linux-x86_64', entry: { kind: 'syscall' }, register: 'rax', compatible: { entry: { kind: 'int', vector: 0x80 }, register: 'eax' } },
  ia32: { decoder: 'linux-i386', entry: { kind: 'int', vector: 0x80 }, register: 'eax', compatible: null },
  arm: { decoder: 'linux-arm', entry: { kind: 'svc' }, register: 'r7', compatible: null },
};

async function probe(): Promise<{ available: boolean; reason: string }> {
  if (process.platform !== 'linux') return { available: false, reason: 'strace watches Linux’s system calls, and this is another system' };
  if (conventions[process.arch] === undefined) return { available: false, reason: `Petri has no names of Linux’s calls on ${process.arch}` };
  if ((await findInPath('strace')) === null) return { available: false, reason: 'strace is not installed: apt-get install strace' };
  const { stdout } = await runProcess('strace', ['-V'], { timeLimitMs: PROBE_LIMIT_MS });
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(stdout) ?? [];
  const isOld = Number(major) < OLDEST.major || (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor);
  if (major === undefined || isOld) return { available: false, reason: `this strace is older than ${OLDEST.major}.${OLDEST.minor}` };
  return { available: true, reason: `strace ${major}.${String(minor)}` };
}

/** Fatal signals are heeded between calls (`-I2`), or a started program could not be stopped. A few calls are filtered in the kernel. */
function straceArguments({ target, calls, tracePath, mark }: TraceRequest): string[] {
  const filter = calls === undefined ? [] : ['-e', `trace=${calls.map((name) => `?${name}`).join(',')}`];
  const inKernel = calls !== undefined && target.kind === 'command' ? ['--seccomp-bpf'] : [];
  const what = target.kind === 'command' ? [...ownLocale(), '-E', `${MARK}=${mark}`, '--', target.command, ...target.args] : target.pids.flatMap((pid) => ['-p', String(pid)]);
  return ['-f', '-ttt', '-T', '-n', '-Y', '-I2', '-s', '0', '-o', tracePath, ...inKernel, ...filter, ...what];
}

/** strace speaks English to Petri; the program has the locale that it would have. */
function ownLocale(): string[] {
  const locale = process.env['LC_ALL'];
  return ['-E', locale === undefined ? 'LC_ALL' : `LC_ALL=${locale}`];
}

/**
 * Linux processes through strace, which stops each at every call: right to the last one, and slow (a hundredfold for a program that
 * does nothing else). Times have microseconds and contain strace's own work.
 */
export const straceTracer: ProcessTracer = {
  name: 'strace',
  title: 'strace',
  provenance: { instrument: 'strace', technique: 'strace (ptrace) stops each thread at the begin and the end of every call', resolutionNs: 1_000 },
  overhead: 'a program that does nothing but calls takes over a hundred times as long; latencies contain strace’s own work, counts are exact',
  refuses: () => null,
  probe,
  async start(request) {
    const { available, reason } = await probe();
    const convention = conventions[process.arch];
    if (!available || convention === undefined) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: 'strace', reason });
    const { target } = request;
    if (target.kind === 'command') await refuseMissing(target);
    const child = await spawnWithLab('strace', straceArguments(request), {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(target.kind === 'command' && target.directory !== undefined && { cwd: target.directory }),
      detached: target.kind === 'command',
      env: { ...process.env, LC_ALL: 'C' },
    });
    return running(child, request, convention);
  },
};

async function running(child: ChildProcess, request: TraceRequest, convention: HostConvention & { readonly decoder: string }): Promise<RunningTrace> {
  let complaints = '';
  const attached = Promise.withResolvers<void>();
  if (request.target.kind === 'command') attached.resolve();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-STDERR_CHARACTERS);
    if (ATTACHED.test(complaints)) attached.resolve();
  });
  const closed = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  // A program that is started leads no group of its own: it ends with strace's, also where strace has not yet taken hold of it.
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    if (request.target.kind === 'command') interruptGroup(child);
    else child.kill('SIGINT');
  };
  if (request.target.kind === 'command') child.once('exit', () => child.pid !== undefined && killGroup(child.pid));
  const follower = followTrace(request.tracePath, { limitBytes: request.limitBytes, full: interrupt, grew: request.grew });
  const ended = closed.finally(() => follower.close()).then(() => {
    const refused = refusalOf(request.target, complaints);
    if (refused !== null) throw refused;
    // strace ends as the program did that it started.
    const exit = request.target.kind === 'command' && !interrupted ? { exitCode: child.exitCode, signal: child.signalCode } : null;
    return { ...endedTrace(request.tracePath, convention, follower.cut()), exit };
  });
  // Whoever asked hears of a refusal now where strace has ended already, and from `ended` where it ends later.
  await Promise.race([attached.promise, ended]);
  return {
    ended,
    stop: () => {
      interrupt();
      return ended;
    },
  };
}

function interruptGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGINT');
  } catch {
    // All of it has ended already.
  }
}

/** What strace said when it ended without having watched anything; null when it did its work. */
function refusalOf(target: TraceTarget, complaints: string): DeclaredError | null {
  const line = complaints.split('\n').find((text) => text.startsWith('strace: '));
  if (line === undefined || ATTACHED.test(complaints)) return null;
  const words = line.slice('strace: '.length);
  const pid = target.kind === 'processes' ? Number(/PTRACE_SEIZE, (\d+)/.exec(words)?.[1] ?? target.pids[0] ?? 0) : null;
  if (/not permitted|Permission denied.*ptrace|ptrace.*Permission denied/.test(words)) return new DeclaredError('TRACE_NOT_PERMITTED', { pid, reason: words });
  if (pid !== null) return new DeclaredError('TRACED_PROCESS_GONE', { pid, reason: words });
  return new DeclaredError('TRACED_PROGRAM_MISSING', { command: target.kind === 'command' ? target.command : '', reason: words });
}

function endedTrace(path: string, convention: HostConvention & { readonly decoder: string }, cut: string | null): Omit<EndedTrace, 'exit'> {
  let reader = createStraceReader(convention);
  return {
    decoder: convention.decoder,
    async *events(): AsyncGenerator<TraceEvent> {
      reader = createStraceReader(convention);
      for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) yield* reader.take(line);
    },
    processName: ({ space }) => {
      const name = reader.nameOf(space);
      return name === null ? `process ${space}` : `${name} (${space})`;
    },
    evidence: { path, format: 'strace', cut },
  };
}

