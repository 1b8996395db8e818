import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { partialPath } from '../storage/writeFileAtomically.ts';

const offset = z.number().int().nonnegative();

/**
 * Which machine prints to a console, for the lab after this one: `start` is the offset of the machine's first byte,
 * `base` that of the first byte in its logfile now.
 */
const sourceRecord = z.object({ logfile: z.string(), start: offset, base: offset });
export type SourceRecord = z.infer<typeof sourceRecord>;

const pathIn = (directory: string): string => join(directory, 'source.json');

/** Null when there is none, or none that can be read: then the console's bytes are kept and new ones follow them. */
export function readSourceRecord(directory: string): SourceRecord | null {
  try {
    return sourceRecord.parse(JSON.parse(readFileSync(pathIn(directory), 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the record whole, and without waiting for the disk: after a power cut the machine is gone as well. */
export function writeSourceRecord(directory: string, record: SourceRecord): void {
  const partial = partialPath(directory);
  writeFileSync(partial, JSON.stringify(record), { mode: 0o600 });
  renameSync(partial, pathIn(directory));
}
