import { closeSync, fstatSync, openSync, readSync, truncateSync, watch, type FSWatcher } from 'node:fs';

/** QEMU's own record of a serial port, opened with `logappend=on`. */
export interface MachineLogfile {
  /** Differs from that of any other file that was ever at this path. */
  readonly identity: string;
  readonly size: number;
  /** When QEMU wrote last, as Unix time. */
  readonly writtenAtMs: number;
  read(from: number, length: number): Uint8Array;
  /** Empties it. QEMU appends, so it goes on from the beginning. */
  truncate(): void;
  /** Calls back when QEMU wrote; the answer stops that. */
  onGrowth(listener: () => void): () => void;
  close(): void;
}

/** Throws Node's error when there is no such file. */
export function openMachineLogfile(path: string): MachineLogfile {
  const fd = openSync(path, 'r');
  const { ino, birthtimeMs } = fstatSync(fd);
  return {
    identity: `${path} ${ino} ${birthtimeMs}`,
    get size() {
      return fstatSync(fd).size;
    },
    get writtenAtMs() {
      return fstatSync(fd).mtimeMs;
    },
    read(from, length) {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(fd, buffer, 0, length, from));
    },
    truncate: () => truncateSync(path, 0),
    onGrowth(listener) {
      const watcher: FSWatcher = watch(path, { persistent: false }, listener);
      // The machine's directory was removed: nothing grows any more.
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    },
    close: () => closeSync(fd),
  };
}
