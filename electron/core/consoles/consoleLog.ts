import type { TimeMark } from '../../contract/consoles.ts';
import type { ConsoleFrame } from '../../contract/consoleFrame.ts';

/** Where some of a log's bytes are: `length` bytes of the file from its beginning, the first of them at `offset` of the log. */
export interface LogFile {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * A console's bytes, addressed by offsets that never change. There are two: the growing log of a console that is or
 * was attached (host/consoles/byteLog) and the finished recording of one boot (host/consoles/recording).
 */
export interface ConsoleLog {
  /** The oldest byte that is kept. */
  readonly first: number;
  /** The offset after the newest byte. */
  readonly end: number;
  /**
   * At most `length` bytes from `from` on. The answer begins later than asked where bytes are missing (retention, a
   * full disk), and ends before such a gap; it is empty at the end.
   */
  read(from: number, length: number): ConsoleFrame;
  /** The marks in `[from, to)`, oldest first. */
  marks(from: number, to: number): TimeMark[];
  /** The newest mark at or before `offset`. */
  markAt(offset: number): TimeMark | undefined;
  /** The files to search, oldest first. */
  files(): LogFile[];
  /** Calls back after each append; the answer takes the listener away. */
  onAppend(listener: () => void): () => void;
  dispose(): void;
}
