import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { processStartTime } from './processIdentity.ts';

export interface FoundProcess {
  readonly pid: number;
  readonly startTime: string;
}

function commandLines(): { pid: number; command: string }[] {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' }).split('\n');
    return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

/** Running processes of which the command line contains a text that only ours can contain. */
export function findProcesses(text: string): FoundProcess[] {
  const mine = commandLines().filter(({ pid, command }) => pid !== process.pid && command.includes(text));
  return mine.flatMap(({ pid }) => {
    const startTime = processStartTime(pid);
    return startTime === null ? [] : [{ pid, startTime }];
  });
}
