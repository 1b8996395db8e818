import type { CallEvent, ReturnEvent } from '../../../core/traces/traceEvent.ts';

/** What the program prints when its probes are in place: one at its begin and one at its end, in whichever order they are attached. */
export const ARMED = /^armed [12]$/gm;
export const ARMED_LINES = 2;

/** What it prints of itself all the time: when that was, by the clock of all lines (CLOCK_MONOTONIC). */
export const BEAT = /^beat (\d+)$/gm;

/**
 * What bpftrace runs: a line for each call (`c`) and return (`r`) with time, process, thread, number or result, and the program's
 * name. A child of a process that is watched is watched from its first call on.
 */
export function bpftraceProgram(pids: readonly number[]): string {
  const armed = (which: number): string => `interval:ms:20 /@armed${which} == 0/ { printf("armed ${which}\\n"); @armed${which} = 1; }`;
  return [
    `BEGIN { ${pids.map((pid) => `@watched[${pid}] = 1;`).join(' ')} }`,
    armed(1),
    'tracepoint:sched:sched_process_fork /@watched[pid]/ { @watched[args->child_pid] = 1; }',
    'tracepoint:raw_syscalls:sys_enter /@watched[pid]/ { printf("c %llu %d %d %ld %s\\n", nsecs, pid, tid, args->id, comm); }',
    'tracepoint:raw_syscalls:sys_exit /@watched[pid]/ { printf("r %llu %d %d %ld %s\\n", nsecs, pid, tid, args->ret, comm); }',
    'interval:ms:50 { printf("beat %llu\\n", nsecs); }',
    armed(2),
    'END { clear(@watched); clear(@armed1); clear(@armed2); }',
  ].join('\n');
}

export interface BpftraceReader {
  take(line: string): (CallEvent | ReturnEvent)[];
  nameOf(pid: bigint): string | null;
  /** Lines that the kernel had no room for, as bpftrace says of itself. */
  lost(): number;
}

const words = /^([cr]) (\d+) (\d+) (\d+) (-?\d+) (.*)$/;
/** The end of a signal's handler on x86_64 (rt_sigreturn): what follows it as a return is that of the call that the signal interrupted. */
const HANDLER_END = '15';
const lostEvents = /^Lost (\d+) events$/;

/** Reads those lines as events of x86_64; a tracepoint does not tell programs of 32 bits, so it is for a kernel that has none. */
export function createBpftraceReader(): BpftraceReader {
  const names = new Map<bigint, string>();
  const leavingHandler = new Set<string>();
  let zeroNs: bigint | null = null;
  let lost = 0;
  return {
    nameOf: (pid) => names.get(pid) ?? null,
    lost: () => lost,
    take(line) {
      lost += Number(lostEvents.exec(line)?.[1] ?? 0);
      const [, kind, ns, pid, tid, value, comm] = words.exec(line) ?? [];
      if (ns === undefined || pid === undefined || tid === undefined || value === undefined || comm === undefined) return [];
      const now = BigInt(ns);
      zeroNs ??= now;
      names.set(BigInt(pid), comm);
      const stamp = { vcpu: 0, atNs: Number(now - zeroNs), instructions: null, context: { space: BigInt(pid), thread: BigInt(tid) }, message: null };
      if (kind === 'c' && value === HANDLER_END) leavingHandler.add(tid);
      if (kind === 'r' && leavingHandler.delete(tid)) return [];
      if (kind === 'r') return [{ kind: 'return', ...stamp, result: BigInt.asUintN(64, BigInt(value)) }];
      return [{ kind: 'call', ...stamp, entry: { kind: 'syscall' }, registers: { rax: BigInt.asUintN(64, BigInt(value)) } }];
    },
  };
}
