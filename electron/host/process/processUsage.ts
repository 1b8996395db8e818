import { readFileSync } from 'node:fs';

/** Of user space on Linux, whatever the kernel's own tick is (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

export interface ProcessUsage {
  /** User and system time of all its threads since it began. */
  readonly cpuSeconds: number;
  /** Resident, as /proc/PID/status has it. */
  readonly memoryBytes: number;
  /** Minor and major, of all its threads since it began. */
  readonly faults: number;
  /** The name of its program, at most 15 characters. */
  readonly command: string;
}

/** What a process has used, from /proc (proc(5): stat fields 2, 10, 12, 14 and 15, VmRSS); null where there is none or it is gone. */
export function readProcessUsage(pid: number): ProcessUsage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      memoryBytes: Number(kib ?? 0) * 1_024,
      faults: Number(fields[7]) + Number(fields[9]),
      command: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    };
  } catch {
    return null;
  }
}
