import type { ConsoleState, TimeMark } from '../../contract/consoles.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { ConsoleLog } from '../../core/consoles/consoleLog.ts';
import { consoleDirectories } from '../../host/consoles/consoleDirectories.ts';
import type { Log } from '../log.ts';
import { attachSource, type ConsoleHandle, type ConsoleSource } from './attachment.ts';
import { notRunning } from './input.ts';
import { searchConsole, type FoundLine, type SearchQuery } from './search.ts';
import { createShelf } from './shelf.ts';
import { startCursor, type Viewer, type ViewerSink } from './viewer.ts';

export type { BytesListener, ConsoleHandle, ConsoleSource } from './attachment.ts';
export type { Viewer, ViewerSink } from './viewer.ts';

export interface ConsolesDependencies {
  /** The directory of all console logs. */
  readonly directory: string;
  readonly retentionBytes: () => number;
  readonly blobPath: (digest: string) => string;
  readonly log: Log;
}

export interface ConsolesService {
  /**
   * Connects a machine's serial port and drains it into the console's log from now on. QEMU waits with `-S`, so
   * nothing is lost when the caller lets it go afterwards. With the logfile of a machine that an earlier lab started,
   * the log first gets what was printed meanwhile; also when the machine is gone and `attach` rejects, because
   * nothing listens any more.
   */
  attach(id: string, source: ConsoleSource): Promise<ConsoleHandle>;
  /** Shows a finished boot: the console's bytes are those of the blob. */
  openRecording(id: string, digest: string): void;
  /** Sends the console from offset `from` on to `sink`, past and future. Throws NOT_FOUND. */
  view(id: string, from: number, sink: ViewerSink): Viewer;
  /** Throws NOT_FOUND, like everything below. */
  get(id: string): ConsoleState;
  list(): ConsoleState[];
  read(id: string, from: number, length: number): { from: number; bytes: Uint8Array; marks: TimeMark[] };
  /**
   * The lines that match, oldest first, with the time that is known of each. Throws INPUT_INVALID for an expression
   * that is none. A search that takes too long gives what it has found and is not complete.
   */
  search(id: string, query: SearchQuery, signal?: AbortSignal): Promise<{ matches: FoundLine[]; complete: boolean }>;
  write(id: string, bytes: Uint8Array): Promise<void>;
  /** Forgets a console and its log. Refused with GUEST_BUSY while a machine prints to it. */
  remove(id: string): void;
  dispose(): Promise<void>;
}

export function createConsoles({ directory, retentionBytes, blobPath, log }: ConsolesDependencies): ConsolesService {
  const directories = consoleDirectories(directory);
  const shelf = createShelf({ directories, retentionBytes, blobPath, log });
  const taken = new Set<string>();
  const attached = new Map<string, ConsoleHandle>();
  const viewers = new Map<string, Set<Viewer & { end(): void }>>();

  const use = <Result>(id: string, work: (log: ConsoleLog) => Result): Result => {
    const loan = shelf.borrow(id);
    try {
      return work(loan.log);
    } finally {
      loan.giveBack();
    }
  };
  const write = (id: string, bytes: Uint8Array): Promise<void> => attached.get(id)?.write(bytes) ?? Promise.reject(notRunning(id));
  const get = (id: string): ConsoleState => use(id, ({ first, end }) => ({ id, first, end, writable: attached.has(id) }));
  const endViewers = (id: string): void => {
    for (const viewer of viewers.get(id) ?? []) viewer.end();
  };

  return {
    async attach(id, source) {
      if (taken.has(id)) throw new DeclaredError('GUEST_BUSY', { guest: id, state: 'attached', wanted: 'be attached again' });
      taken.add(id);
      const loan = shelf.borrowToWrite(id);
      const release = (): void => {
        taken.delete(id);
        attached.delete(id);
        loan.giveBack();
      };
      try {
        const handle = await attachSource({ id, directory: directories.of(id), log: loan.log }, source);
        attached.set(id, handle);
        void handle.closed.then(release);
        return handle;
      } catch (error) {
        release();
        throw error;
      }
    },
    openRecording: (id, digest) => shelf.record(id, digest),
    view(id, from, sink) {
      const loan = shelf.borrow(id);
      const cursor = startCursor(loan.log, from, (frame) => sink.send(frame));
      const group = viewers.get(id) ?? new Set();
      viewers.set(id, group);
      const viewer = {
        acknowledge: (offset: number) => cursor.acknowledge(offset),
        write: (bytes: Uint8Array) => write(id, bytes),
        close() {
          if (!group.delete(viewer)) return;
          cursor.stop();
          loan.giveBack();
        },
        end() {
          viewer.close();
          sink.end();
        },
      };
      group.add(viewer);
      return viewer;
    },
    get,
    list: () => shelf.ids().map(get),
    read: (id, from, length) =>
      use(id, (log) => {
        const { offset, bytes } = log.read(from, length);
        return { from: offset, bytes, marks: log.marks(offset, offset + bytes.length) };
      }),
    async search(id, query, signal) {
      const loan = shelf.borrow(id);
      try {
        return await searchConsole(loan.log, query, signal);
      } finally {
        loan.giveBack();
      }
    },
    write,
    remove(id) {
      if (taken.has(id)) throw new DeclaredError('GUEST_BUSY', { guest: id, state: 'running', wanted: 'lose its console' });
      endViewers(id);
      shelf.remove(id);
    },
    async dispose() {
      for (const id of viewers.keys()) endViewers(id);
      await Promise.all([...attached.values()].map((handle) => handle.detach()));
    },
  };
}
