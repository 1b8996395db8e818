import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** State and start of a process as /proc/PID/stat gives them (proc(5), fields 3, 20 and 22), or null when it is gone. */
function linuxProcess(pid: number): { state: string; start: string } | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The second field is the program's name in parentheses and may itself contain both; the rest begins after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // The first thread may be a zombie while others are still ending; until the last one has, sockets are open.
  const ending = Number(fields[17]) > 1;
  return { state: ending ? 'ending' : (fields[0] ?? ''), start: fields[19] ?? '' };
}

function otherProcess(pid: number): { state: string; start: string } | null {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return { state: line.slice(0, 1), start: line.slice(1).trim() };
  } catch {
    return null;
  }
}

/**
 * When a process began, as an opaque text that is equal for the same process only; null when it does not run.
 * A zombie does not run: it waits for its parent, has no memory and answers nothing.
 */
export function processStartTime(pid: number): string | null {
  const found = process.platform === 'linux' ? linuxProcess(pid) : otherProcess(pid);
  return found === null || found.state === 'Z' || found.state === 'X' ? null : found.start;
}

/** Whether this very process still runs, and not another one that got its number later. */
export function isAlive(pid: number, startTime: string): boolean {
  return processStartTime(pid) === startTime;
}
