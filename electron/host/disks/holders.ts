import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined; // It ended, or is another user's, or this is not Linux.
  }
}

/** The programs that hold a file open, as people would name them. Only Linux tells, and only of one's own processes. */
export function holdersOf(path: string): string[] {
  const file = attempt(() => realpathSync(path)) ?? path;
  const pids = (attempt(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name));
  const holding = pids.filter((pid) => {
    const descriptors = attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
    return descriptors.some((descriptor) => attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) === file);
  });
  if (holding.length === 0) return ['another program'];
  return holding.map((pid) => `${(attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8')) ?? 'a program').trim()} (process ${pid})`);
}
