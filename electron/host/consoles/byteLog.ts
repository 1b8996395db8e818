import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { TimeMark } from '../../contract/consoles.ts';
import type { ConsoleLog } from '../../core/consoles/consoleLog.ts';
import { endOf, listSegments, removeSegment, segmentAt, type Segment } from './segments.ts';
import { firstMarkFrom, openMarkFile, readMarks, type MarkFile } from './timeMarks.ts';

export interface ByteLogOptions {
  /** How many bytes are kept, asked whenever a segment is full. */
  readonly retentionBytes: () => number;
  /** Called once for each series of bytes that could not be stored. */
  readonly onLoss?: (error: unknown) => void;
}

/** A log that grows. */
export interface ByteLog extends ConsoleLog {
  /**
   * Adds bytes that arrived at `atMs` (Unix time). It never throws for a full disk: what cannot be stored becomes a
   * gap, because a guest must not be stopped by its log.
   */
  append(bytes: Uint8Array, atMs: number): void;
}

/** The part of a log that is being written. */
interface Active {
  readonly segment: Segment;
  readonly fd: number;
  readonly marks: MarkFile;
}

const SMALLEST_SEGMENT = 64 * 1024;
const LARGEST_SEGMENT = 8 * 1024 * 1024;

/** Small enough that dropping the oldest one is a small part of what is kept. */
function segmentBytes(retentionBytes: number): number {
  return Math.min(LARGEST_SEGMENT, Math.max(SMALLEST_SEGMENT, Math.floor(retentionBytes / 16)));
}

/** Opens the log in a directory, which is made when it is missing; a log that a crash left is continued. */
export function openByteLog(directory: string, options: ByteLogOptions): ByteLog {
  const segments = listSegments(directory);
  const listeners = new Set<() => void>();
  const readers = createReaders();
  let end = endOf(segments.at(-1) ?? segmentAt(directory, 0));
  let active: Active | null = null;
  let losing = false;

  const deactivate = (): void => {
    if (active === null) return;
    closeSync(active.fd);
    active.marks.close();
    active = null;
  };
  const dropOldest = (retentionBytes: number): void => {
    for (let oldest = segments[0]; oldest !== undefined && segments.length > 1; oldest = segments[0]) {
      if (end - oldest.start <= retentionBytes) return;
      readers.forget(oldest);
      removeSegment(oldest);
      segments.shift();
    }
  };
  const activate = (): Active => {
    const retentionBytes = options.retentionBytes();
    const newest = segments.at(-1);
    const isFull = newest === undefined || newest.length >= segmentBytes(retentionBytes) || endOf(newest) !== end;
    if (active !== null && !isFull) return active;
    deactivate();
    const segment = isFull ? segmentAt(directory, end) : newest;
    active = openActive(segment);
    if (isFull) segments.push(segment);
    dropOldest(retentionBytes);
    return active;
  };
  const store = (bytes: Uint8Array, atMs: number): void => {
    const { segment, fd, marks } = activate();
    marks.note(end, atMs);
    for (let written = 0; written < bytes.length; ) {
      const count = writeSync(fd, bytes, written);
      written += count;
      segment.length += count;
    }
  };

  return {
    get first() {
      return segments[0]?.start ?? end;
    },
    get end() {
      return end;
    },
    append(bytes, atMs) {
      if (bytes.length === 0) return;
      try {
        store(bytes, atMs);
        losing = false;
      } catch (error) {
        if (!losing) options.onLoss?.(error);
        losing = true;
        deactivate();
      }
      end += bytes.length;
      for (const listener of [...listeners]) listener();
    },
    read(from, length) {
      for (const segment of segments) {
        if (endOf(segment) <= from || segment.length === 0) continue;
        const offset = Math.max(from, segment.start);
        const bytes = readers.read(segment, offset - segment.start, Math.min(length, endOf(segment) - offset));
        if (bytes.length > 0) return { offset, bytes };
      }
      return { offset: end, bytes: new Uint8Array(0) };
    },
    marks(from, to) {
      return segments
        .filter((segment) => segment.start < to && endOf(segment) > from)
        .flatMap((segment) => marksBetween(readers.marks(segment, active), from, to));
    },
    markAt(offset) {
      const holder = segments.findLast((segment) => segment.start <= offset);
      if (holder === undefined) return undefined;
      const marks = readers.marks(holder, active);
      return marks[firstMarkFrom(marks, offset + 1) - 1];
    },
    files: () => segments.map(({ path, start, length }) => ({ path, offset: start, length })),
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      listeners.clear();
      deactivate();
      readers.dispose();
    },
  };
}

function openActive(segment: Segment): Active {
  const fd = openSync(segment.path, 'a', 0o600);
  try {
    return { segment, fd, marks: openMarkFile(segment.marksPath, endOf(segment)) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function marksBetween(marks: readonly TimeMark[], from: number, to: number): TimeMark[] {
  return marks.slice(firstMarkFrom(marks, from), firstMarkFrom(marks, to));
}

/** Keeps the file and the marks that were read last: a reader usually goes on where it was. */
function createReaders() {
  let open: { path: string; fd: number } | null = null;
  let marked: { path: string; length: number; marks: TimeMark[] } | null = null;

  const close = (): void => {
    if (open !== null) closeSync(open.fd);
    open = null;
  };
  const descriptor = (path: string): number => {
    if (open?.path !== path) {
      close();
      open = { path, fd: openSync(path, 'r') };
    }
    return open.fd;
  };
  return {
    /** Nothing when the file was taken away or cannot be read: then its bytes are a gap. */
    read(segment: Segment, position: number, length: number): Uint8Array {
      const buffer = Buffer.allocUnsafe(Math.max(0, length));
      try {
        return buffer.subarray(0, readSync(descriptor(segment.path), buffer, 0, buffer.length, position));
      } catch {
        return buffer.subarray(0, 0);
      }
    },
    marks(segment: Segment, active: Active | null): readonly TimeMark[] {
      if (active?.segment === segment) return active.marks.marks;
      if (marked?.path !== segment.path || marked.length !== segment.length) {
        marked = { path: segment.path, length: segment.length, marks: readMarks(segment.marksPath) };
      }
      return marked.marks;
    },
    forget(segment: Segment): void {
      if (open?.path === segment.path) close();
    },
    dispose: close,
  };
}
