import type { ConsoleState, TimeMark } from '../../contract/consoles.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { BytePort, TerminalSize } from '../../core/consoles/bytePort.ts';
import type { ConsoleLog } from '../../core/consoles/consoleLog.ts';
import { consoleDirectories } from '../../host/consoles/consoleDirectories.ts';
import { createSizeMarks } from '../../host/consoles/sizeMarks.ts';
import { createSessionMarks } from '../../host/consoles/sessionMarks.ts';
import type { Log } from '../log.ts';
import { attachPort, attachSource, type Console, type ConsoleHandle, type ConsoleSource } from './attachment.ts';
import { exportPart, type ExportedPart, type ExportFormat } from './exportConsole.ts';
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
  /** Called when a console was attached, closed or removed, and when a viewer came or left. */
  readonly onChange?: (id: string) => void;
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
  /**
   * Drains a session, something that does not outlive the lab, into the console's log. When the lab is killed with it open,
   * the next one adds the words `lost` to the log. `size` is that of its terminal, if it is one.
   */
  attachSession(id: string, port: BytePort, lost: string, size?: TerminalSize): ConsoleHandle;
  /** Remembers that the terminal has another size from now on. */
  resized(id: string, size: TerminalSize): void;
  /** Shows a finished boot: the console's bytes are those of the blob. */
  openRecording(id: string, digest: string): void;
  /** Sends the console from offset `from` on to `sink`, past and future. Throws NOT_FOUND. */
  view(id: string, from: number, sink: ViewerSink): Viewer;
  /** Throws NOT_FOUND, like everything below. */
  get(id: string): ConsoleState;
  list(): ConsoleState[];
  /** The ids of which something is kept, with a beginning such as `guest/ID/`. */
  ids(beginning: string): string[];
  viewers(id: string): number;
  read(id: string, from: number, length: number): { from: number; bytes: Uint8Array; marks: TimeMark[] };
  /**
   * The lines that match, oldest first, with the time that is known of each. Throws INPUT_INVALID for an expression
   * that is none. A search that takes too long gives what it has found and is not complete.
   */
  search(id: string, query: SearchQuery, signal?: AbortSignal): Promise<{ matches: FoundLine[]; complete: boolean }>;
  write(id: string, bytes: Uint8Array): Promise<void>;
  /** A part of the whole log in another form. */
  export(id: string, format: ExportFormat, from: number): ExportedPart;
  /** Forgets a console and its log. Refused with GUEST_BUSY while a machine prints to it. */
  remove(id: string): void;
  dispose(): Promise<void>;
}

export function createConsoles({ directory, retentionBytes, blobPath, onChange = () => undefined, log }: ConsolesDependencies): ConsolesService {
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

  /** Takes the console's log for the one who appends. */
  const take = (id: string): { target: Console; release: () => void } => {
    if (taken.has(id)) throw new DeclaredError('GUEST_BUSY', { guest: id, state: 'attached', wanted: 'be attached again' });
    taken.add(id);
    const loan = shelf.borrowToWrite(id);
    const release = (): void => {
      taken.delete(id);
      attached.delete(id);
      loan.giveBack();
      onChange(id);
    };
    return { target: { id, directory: directories.of(id), log: loan.log }, release };
  };
  const follow = (handle: ConsoleHandle, release: () => void): ConsoleHandle => {
    attached.set(handle.id, handle);
    void handle.closed.then(release);
    onChange(handle.id);
    return handle;
  };
  const sizes = createSizeMarks(directories);
  const resized = (id: string, { columns, rows }: TerminalSize): void => {
    const last = sizes.of(id).at(-1);
    if (last?.columns === columns && last.rows === rows) return;
    use(id, ({ end }) => sizes.note(id, { offset: end, atMs: Date.now(), columns, rows }));
  };
  const marks = createSessionMarks(directories);
  // What a lab that was killed left open has ended with it.
  for (const { id, words } of marks.left()) {
    const loan = shelf.borrowToWrite(id);
    loan.log.append(Buffer.from(`\r\n${words}\r\n`), Date.now());
    loan.giveBack();
    marks.clear(id);
  }

  return {
    async attach(id, source) {
      const { target, release } = take(id);
      try {
        return follow(await attachSource(target, source), release);
      } catch (error) {
        release();
        throw error;
      }
    },
    attachSession(id, port, lost, size) {
      const { target, release } = take(id);
      marks.set(id, lost);
      if (size !== undefined) resized(id, size);
      return follow(attachPort(target, port), () => {
        marks.clear(id);
        release();
      });
    },
    resized,
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
          onChange(id);
        },
        end() {
          viewer.close();
          sink.end();
        },
      };
      group.add(viewer);
      onChange(id);
      return viewer;
    },
    get,
    list: () => shelf.ids().map(get),
    ids: (beginning) => shelf.ids().filter((id) => id.startsWith(beginning)),
    viewers: (id) => viewers.get(id)?.size ?? 0,
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
    export: (id, format, from) => use(id, (log) => exportPart(id, log, format, from, format === 'asciicast' ? sizes.of(id) : [])),
    remove(id) {
      if (taken.has(id)) throw new DeclaredError('GUEST_BUSY', { guest: id, state: 'running', wanted: 'lose its console' });
      endViewers(id);
      shelf.remove(id);
      onChange(id);
    },
    async dispose() {
      for (const id of viewers.keys()) endViewers(id);
      await Promise.all([...attached.values()].map((handle) => handle.detach()));
    },
  };
}
