import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';

/** What exists because of a test: each entry is one line to read. */
export interface Belongings {
  readonly processes: string[];
  readonly sockets: string[];
  readonly files: string[];
}

export interface LeakWatch {
  /** What belongs to the directories now. */
  list(): Belongings;
  /** Throws, with all of them, when there are processes, sockets or files that were not there when the watch began. */
  check(): void;
}

function isInside(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => path === directory || path.startsWith(directory + sep));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // It ended or vanished while we looked.
  }
}

/** Files that a process holds open; a lab is found by them, since its title hides its arguments. */
function heldFiles(pid: string): string[] {
  const descriptors = attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return descriptors.flatMap((descriptor) => attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) ?? []);
}

/** One process as a line, when its command names one of the directories, or it works or holds a file in one; zombies are no processes. */
function describeProcess(pid: string, directories: readonly string[]): string | undefined {
  const words = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.split('\0') ?? [];
  const places = [attempt(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '', ...heldFiles(pid)];
  const mine = places.some((place) => isInside(place, directories)) || words.some((word) => directories.some((directory) => word.includes(directory)));
  return mine && words.join('') !== '' ? `${pid} ${words.join(' ').slice(0, 200)}` : undefined;
}

function processes(directories: readonly string[]): string[] {
  const pids = (attempt(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return pids.map((pid) => describeProcess(pid, directories)).filter((line) => line !== undefined);
}

/** Sockets that some process has bound, whether their files still exist or not (proc(5), /proc/net/unix). */
function sockets(directories: readonly string[]): string[] {
  const lines = attempt(() => readFileSync('/proc/net/unix', 'utf8'))?.split('\n') ?? [];
  const paths = lines.map((line) => line.split(' ').slice(-1)[0] ?? '').filter((path) => isInside(path, directories));
  return [...new Set(paths)].sort();
}

function files(directories: readonly string[]): string[] {
  return directories
    .flatMap((directory) => (attempt(() => readdirSync(directory, { recursive: true, encoding: 'utf8' })) ?? []).map((name) => join(directory, name)))
    .sort();
}

/**
 * Remembers the processes, sockets and files that belong to some directories, so that a test can say at its end that
 * it left nothing behind. Processes and sockets are seen on Linux only.
 */
export function watchForLeaks(directories: readonly string[]): LeakWatch {
  const list = (): Belongings => ({ processes: processes(directories), sockets: sockets(directories), files: files(directories) });
  const before = list();
  return {
    list,
    check() {
      const now = list();
      const left = (['processes', 'sockets', 'files'] as const).flatMap((kind) => now[kind].filter((line) => !before[kind].includes(line)).map((line) => `${kind}: ${line}`));
      if (left.length > 0) throw new Error(`left behind:\n${left.join('\n')}`);
    },
  };
}
