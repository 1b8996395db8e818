import type { Finding } from './capabilities.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

export interface Space {
  readonly availableBytes: number;
  readonly totalBytes: number;
}

/** Room for the data directory: below 5 GiB an installation may not fit, below 200 MiB a long recording. */
export function judgeDisk({ availableBytes, totalBytes }: Space, path: string): Finding {
  const evidence = [`${path}: ${size(availableBytes)} of ${size(totalBytes)} are free`];
  const fix = 'Free some space, or keep the data on another disk with --data.';
  if (availableBytes < 200 * MIB) return { verdict: 'broken', summary: `Almost full: ${size(availableBytes)} are free.`, evidence, fix, command: null };
  if (availableBytes < 5 * GIB) return { verdict: 'limited', summary: `${size(availableBytes)} are free: enough to measure, not to install large systems.`, evidence, fix, command: null };
  return { verdict: 'good', summary: `${size(availableBytes)} are free.`, evidence, fix: null, command: null };
}

/** Memory that programs can still have without swapping: the built-in guest needs 64 MiB, most systems 512 and more. */
export function judgeMemory({ availableBytes, totalBytes }: Space): Finding {
  const evidence = [`${size(availableBytes)} of ${size(totalBytes)} are available`];
  const fix = 'Close other programs, or give the guests less memory.';
  if (availableBytes < 256 * MIB) return { verdict: 'broken', summary: `Only ${size(availableBytes)} are available.`, evidence, fix, command: null };
  if (availableBytes < GIB) return { verdict: 'limited', summary: `${size(availableBytes)} are available: enough for small guests, one at a time.`, evidence, fix, command: null };
  return { verdict: 'good', summary: `${size(availableBytes)} are available.`, evidence, fix: null, command: null };
}

/** Binary units with one decimal from GiB on: `1.5 GiB`, `512 MiB`. */
export function size(bytes: number): string {
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.round(bytes / MIB)} MiB`;
}
