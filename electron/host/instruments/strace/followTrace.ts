import { closeSync, openSync, statSync, watch } from 'node:fs';

export interface TraceFollower {
  /** Why the trace was cut, or null. */
  cut(): string | null;
  /** Looks a last time. */
  close(): void;
}

/** Makes an empty trace file and watches it grow; beyond the limit, `full` is called once. The system tells of each write. */
export function followTrace(path: string, limitBytes: number, full: () => void): TraceFollower {
  closeSync(openSync(path, 'w', 0o600));
  let cut: string | null = null;
  const look = (): void => {
    const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
    if (size <= limitBytes || cut !== null) return;
    cut = `its limit of ${limitBytes} bytes`;
    full();
  };
  const watcher = watch(path, look);
  return {
    cut: () => cut,
    close() {
      look();
      watcher.close();
    },
  };
}
