import type { CallEvent, ReturnEvent } from '../../../core/traces/traceEvent.ts';

/** What bpftrace runs: a line for each call (`c`) and return (`r`) with time, process, thread, number or result, and the program's name. */
export function bpftraceProgram(pids: readonly number[]): string {
  const watched = pids.map((pid) => `pid == ${pid}`).join(' || ');
  return [
    `tracepoint:raw_syscalls:sys_enter /${watched}/ { printf("c %llu %d %d %ld %s\\n", nsecs, pid, tid, args->id, comm); }`,
    `tracepoint:raw_syscalls:sys_exit /${watched}/ { printf("r %llu %d %d %ld %s\\n", nsecs, pid, tid, args->ret, comm); }`,
  ].join('\n');
}

export interface BpftraceReader {
  take(line: string): (CallEvent | ReturnEvent)[];
  nameOf(pid: bigint): string | null;
}

const words = /^([cr]) (\d+) (\d+) (\d+) (-?\d+) (.*)$/;

/** Reads those lines as events of x86_64; a tracepoint does not tell programs of 32 bits, so it is for a kernel that has none. */
export function createBpftraceReader(): BpftraceReader {
  const names = new Map<bigint, string>();
  let zeroNs: bigint | null = null;
  return {
    nameOf: (pid) => names.get(pid) ?? null,
    take(line) {
      const [, kind, ns, pid, tid, value, comm] = words.exec(line) ?? [];
      if (ns === undefined || pid === undefined || tid === undefined || value === undefined || comm === undefined) return [];
      const now = BigInt(ns);
      zeroNs ??= now;
      names.set(BigInt(pid), comm);
      const stamp = { vcpu: 0, atNs: Number(now - zeroNs), instructions: null, context: { space: BigInt(pid), thread: BigInt(tid) }, message: null };
      if (kind === 'r') return [{ kind: 'return', ...stamp, result: BigInt.asUintN(64, BigInt(value)) }];
      return [{ kind: 'call', ...stamp, entry: { kind: 'syscall' }, registers: { rax: BigInt.asUintN(64, BigInt(value)) } }];
    },
  };
}
