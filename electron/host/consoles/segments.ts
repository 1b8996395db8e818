import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of a log: `length` bytes, the first of them at `start` of the log. Its name is `start` in hexadecimal. */
export interface Segment {
  readonly start: number;
  readonly path: string;
  readonly marksPath: string;
  length: number;
}

const SEGMENT_NAME = /^([0-9a-f]{14})\.log$/;

export function segmentAt(directory: string, start: number): Segment {
  const name = start.toString(16).padStart(14, '0');
  return { start, path: join(directory, `${name}.log`), marksPath: join(directory, `${name}.marks`), length: 0 };
}

export function endOf(segment: Segment): number {
  return segment.start + segment.length;
}

/** The segments of a directory, oldest first. A segment never reaches into the next one, whatever a crash left. */
export function listSegments(directory: string): Segment[] {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const starts = readdirSync(directory)
    .map((name) => SEGMENT_NAME.exec(name)?.[1])
    .filter((start) => start !== undefined)
    .map((start) => Number.parseInt(start, 16))
    .sort((a, b) => a - b);
  return starts.map((start, index) => {
    const segment = segmentAt(directory, start);
    segment.length = Math.min(statSync(segment.path).size, (starts[index + 1] ?? Infinity) - start);
    return segment;
  });
}

export function removeSegment(segment: Segment): void {
  rmSync(segment.path, { force: true });
  rmSync(segment.marksPath, { force: true });
}
