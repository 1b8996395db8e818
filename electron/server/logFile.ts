import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import type { Log } from '../lab/log.ts';

/** The log and the one before it take at most twice this. */
const LARGEST_LOG = 4 * 1024 * 1024;

export interface LogFile {
  readonly log: Log;
  close(): void;
}

/** Opens the lab's log: one JSON object a line. */
export function openLogFile(path: string, largestBytes = LARGEST_LOG): LogFile {
  const file = openRotatingFile(path, largestBytes);
  const logger = pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } }, file);
  return {
    log: ({ level, noun, message, details }) => logger[level]({ noun, ...details }, message),
    close: () => file.close(),
  };
}

/** A file that is renamed to `PATH.1` when it is full. Lines are written at once: the last ones before a crash count. */
function openRotatingFile(path: string, largestBytes: number) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let fd = openSync(path, 'a', 0o600);
  let size = statSync(path).size;
  const rotate = (): void => {
    closeSync(fd);
    renameSync(path, `${path}.1`);
    fd = openSync(path, 'a', 0o600);
    size = 0;
  };
  return {
    write(line: string): void {
      try {
        if (size > 0 && size + line.length > largestBytes) rotate();
        size += writeSync(fd, line);
      } catch {
        // A full disk takes no log; the lab goes on without.
      }
    },
    close: () => closeSync(fd),
  };
}
