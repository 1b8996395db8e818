import { closeSync, openSync, statSync, watch } from 'node:fs';

export interface TraceFollower {
  /** Why the trace was cut, or null. */
  cut(): string | null;
  /** Looks a last time. */
  close(): void;
}

export interface TraceGrowth {
  readonly limitBytes: number;
  /** Called once, when it is larger than its limit. */
  readonly full: () => void;
  /** Called when the system tells of a write, with the size. */
  readonly grew?: ((bytes: number) => void) | undefined;
}

/** Makes an empty trace file and watches it grow. The system tells of each write. */
export function followTrace(path: string, { limitBytes, full, grew }: TraceGrowth): TraceFollower {
  closeSync(openSync(path, 'w', 0o600));
  let cut: string | null = null;
  const look = (): void => {
    const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
    grew?.(size);
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
