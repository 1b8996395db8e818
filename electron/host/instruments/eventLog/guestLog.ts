import { watch, type FSWatcher } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { DeclaredError } from '../../../contract/errors.ts';
import type { Architecture } from '../../../contract/primitives.ts';
import type { Qmp } from '../../../core/guests/machine.ts';
import { beginLog, endLog, readLog } from '../../../core/instruments/qemuLog.ts';
import type { LoggedEvent } from '../../../core/instruments/qemuLogState.ts';

/** Kinds of QEMU's log that have events; `exec` and the like would be hundreds of times slower. */
const ITEMS = 'int,mmu';

/** A command of QEMU's monitor for people. What it says is why it was not done. */
async function human(qmp: Qmp, command: string): Promise<void> {
  const words = await qmp.execute('human-monitor-command', { 'command-line': command });
  if (typeof words === 'string' && words.trim() !== '') throw new DeclaredError('QMP_FAILED', { command, reason: words.trim().split('\n')[0] ?? '', timeoutMs: null });
}

const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, '\\$&')}"`;

export interface GuestLog {
  /** Its log is written from here on. */
  begin(): Promise<void>;
  /** Switches it off, and gives QEMU back the log that it had. A QEMU that is gone is no error. */
  end(): Promise<void>;
  /** The limit was reached, and what came after was not written. */
  wasCut(): boolean;
  dispose(): void;
}

export interface GuestLogOptions {
  readonly qmp: Qmp;
  /** The command with which QEMU was started: what it says of logs is what is given back. */
  readonly argv: readonly string[];
  readonly path: string;
  readonly limitBytes: number;
  /** Called when the file has grown, with its size. */
  readonly onGrowth?: (bytes: number) => void;
}

/** The log file that a QEMU has from its start, null when it logs to its standard error. */
export function logFileOf(argv: readonly string[]): string | null {
  const at = argv.lastIndexOf('-D');
  return at === -1 ? null : (argv[at + 1] ?? null);
}

/**
 * Switches QEMU's log on and off while the guest runs. QEMU has one log: where it has a file already (the trace of a serial port goes there),
 * events go to the same file. The file is created first, so that it can be watched before QEMU writes.
 */
export function controlLog({ qmp, argv, path, limitBytes, onGrowth }: GuestLogOptions): GuestLog {
  const own = logFileOf(argv);
  const items = argv.lastIndexOf('-d') === -1 ? 'none' : (argv[argv.lastIndexOf('-d') + 1] ?? 'none');
  let watcher: FSWatcher | null = null;
  let cut = false;
  const look = async (): Promise<void> => {
    const bytes = await stat(path).then(({ size }) => size, () => 0);
    if (bytes >= limitBytes && !cut) {
      cut = true;
      await human(qmp, `log ${items}`).catch(() => undefined); // QEMU may be gone; then nothing is written either.
    }
    onGrowth?.(bytes);
  };
  return {
    async begin() {
      await (await open(path, 'a', 0o600)).close();
      if (own !== path) await human(qmp, `logfile ${quoted(path)}`);
      watcher = watch(path, () => void look());
      await human(qmp, `log ${ITEMS}`);
    },
    async end() {
      watcher?.close();
      watcher = null;
      try {
        await human(qmp, `log ${items}`);
        if (own !== path) await human(qmp, `logfile ${quoted(own ?? '/dev/stderr')}`);
      } catch (error) {
        if (!(error instanceof DeclaredError)) throw error;
      }
    },
    wasCut: () => cut,
    dispose: () => watcher?.close(),
  };
}

const READ_BYTES = 1024 * 1024;

/** Reads the events of log files, one after the other; an exception may begin in one and end in the next. */
export function createLogReader(architecture: Architecture) {
  let state = beginLog(architecture);
  return {
    /** The events of a file from an offset on, in its order. It is read in parts, and others may work in between. */
    async *read(path: string, from = 0): AsyncGenerator<LoggedEvent[]> {
      const file = await open(path, 'r');
      try {
        const buffer = Buffer.allocUnsafe(READ_BYTES);
        for (let position = from; ; ) {
          const { bytesRead } = await file.read(buffer, 0, READ_BYTES, position);
          if (bytesRead === 0) return;
          position += bytesRead;
          const read = readLog(state, buffer.toString('latin1', 0, bytesRead));
          state = read.state;
          yield read.events;
        }
      } finally {
        await file.close();
      }
    },
    /** What was begun when the last file ended. */
    end: (): LoggedEvent[] => endLog(state),
  };
}

/** The events of one whole log. */
export async function* readLogFile(path: string, architecture: Architecture, from = 0): AsyncGenerator<LoggedEvent[]> {
  const reader = createLogReader(architecture);
  yield* reader.read(path, from);
  yield reader.end();
}
