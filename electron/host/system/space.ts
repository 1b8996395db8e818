import { readFileSync, statfsSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import type { Space } from '../../core/hosts/judgeSpace.ts';

/** The file system that holds `path`, as an ordinary user sees it. */
export function readDiskSpace(path: string): Space {
  const { bavail, blocks, bsize } = statfsSync(path);
  return { availableBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** `MemAvailable` where the kernel has it (proc(5)): free memory alone leaves out what caches would give back. */
export function readMemory(): Space {
  return { availableBytes: memAvailable() ?? freemem(), totalBytes: totalmem() };
}

function memAvailable(): number | undefined {
  try {
    const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    // Not Linux.
    return undefined;
  }
}
