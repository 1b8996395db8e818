import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ConsoleLog } from '../../core/consoles/consoleLog.ts';

/** Opens a file that holds a whole console, such as the log of a measured boot. It has no time marks and never grows. */
export function openRecording(path: string): ConsoleLog {
  const fd = openSync(path, 'r');
  const { size } = fstatSync(fd);
  return {
    first: 0,
    end: size,
    read(from, length) {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - from)));
      const count = buffer.length === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, from);
      return { offset: Math.min(from, size), bytes: buffer.subarray(0, count) };
    },
    marks: () => [],
    markAt: () => undefined,
    files: () => [{ path, offset: 0, length: size }],
    onAppend: () => () => undefined,
    dispose: () => closeSync(fd),
  };
}
