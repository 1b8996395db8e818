import { DeclaredError } from '../../contract/errors.ts';
import type { ConsoleLog } from '../../core/consoles/consoleLog.ts';
import { openByteLog, type ByteLog } from '../../host/consoles/byteLog.ts';
import type { ConsoleDirectories } from '../../host/consoles/consoleDirectories.ts';
import { openRecording } from '../../host/consoles/recording.ts';
import { describeError, type Log } from '../log.ts';

/** A log in use. It is closed when the last one who borrowed it gave it back. */
export interface Loan<Kind extends ConsoleLog = ConsoleLog> {
  readonly log: Kind;
  giveBack(): void;
}

export interface ShelfOptions {
  readonly directories: ConsoleDirectories;
  readonly retentionBytes: () => number;
  /** The file of a blob. */
  readonly blobPath: (digest: string) => string;
  readonly log: Log;
}

/** The consoles' logs: each is open once, however many read it, and only while someone does. */
export function createShelf({ directories, retentionBytes, blobPath, log }: ShelfOptions) {
  const recordings = new Map<string, string>();
  const growing = new Map<string, { log: ByteLog; loans: number }>();

  const lend = (id: string): Loan<ByteLog> => {
    const opened = growing.get(id) ?? {
      loans: 0,
      log: openByteLog(directories.of(id), {
        retentionBytes,
        onLoss: (error) => log({ level: 'error', noun: 'consoles', message: 'bytes of a console could not be stored', details: { id, error: describeError(error) } }),
      }),
    };
    growing.set(id, opened);
    opened.loans += 1;
    return {
      log: opened.log,
      giveBack() {
        opened.loans -= 1;
        if (opened.loans > 0) return;
        growing.delete(id);
        opened.log.dispose();
      },
    };
  };
  return {
    /** For the one who appends: the log is made when it is missing. */
    borrowToWrite: lend,
    /** Throws NOT_FOUND for a console of which nothing is kept. */
    borrow(id: string): Loan {
      const digest = recordings.get(id);
      if (digest !== undefined) {
        const recording = openRecording(blobPath(digest));
        return { log: recording, giveBack: () => recording.dispose() };
      }
      if (!growing.has(id) && !directories.has(id)) throw new DeclaredError('NOT_FOUND', { noun: 'console', id });
      return lend(id);
    },
    /** From now on the console is the blob. */
    record: (id: string, digest: string) => void recordings.set(id, digest),
    ids: () => [...new Set([...directories.list(), ...growing.keys(), ...recordings.keys()])].sort(),
    remove(id: string): void {
      recordings.delete(id);
      directories.remove(id);
    },
  };
}
export type Shelf = ReturnType<typeof createShelf>;
