import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../storage/writeFileAtomically.ts';
import { onDisk } from '../storage/storageFailures.ts';

/** What is known of bytes that lie in a partial file, so that the rest of the same file can be asked for. */
const origin = z.object({
  url: z.string(),
  /** A strong ETag, or else the time of the last change; null when the server names neither. */
  validator: z.string().nullable(),
  totalBytes: z.number().int().nullable(),
});
export type PartialOrigin = z.infer<typeof origin>;

/** The unfinished file of one address: its bytes, and beside them where they come from. */
export interface Partial {
  readonly path: string;
  readonly bytes: () => number;
  readonly origin: () => PartialOrigin | null;
  /** When it last grew. */
  readonly at: () => Date;
  begin(origin: PartialOrigin): void;
  remove(): void;
}

export interface Partials {
  of(url: string): Partial;
  /** Removes files that are nobody's: of an address whose bytes or whose record is missing. */
  sweep(): void;
}

/** Partial files lie in a folder of their own, so that none is ever taken for an image. */
export function openPartials(directory: string): Partials {
  onDisk(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  const of = (url: string): Partial => partialOf(join(directory, createHash('sha256').update(url).digest('hex').slice(0, 32)));
  return {
    of,
    sweep: () =>
      onDisk(directory, () => {
        for (const name of readdirSync(directory)) {
          const stem = join(directory, name.replace(/\.(bytes|json)$/, ''));
          if (!/^[0-9a-f]{32}\.(bytes|json)$/.test(name) || partialOf(stem).origin() === null) rmSync(join(directory, name), { force: true });
        }
      }),
  };
}

function partialOf(stem: string): Partial {
  const [path, record] = [`${stem}.bytes`, `${stem}.json`];
  return {
    path,
    bytes: () => (existsSync(path) ? statSync(path).size : 0),
    at: () => statSync(existsSync(path) ? path : record).mtime,
    origin: () => readOrigin(record),
    begin(from) {
      onDisk(path, () => rmSync(path, { force: true }));
      writeFileAtomically(record, JSON.stringify(from));
    },
    remove() {
      onDisk(path, () => {
        rmSync(path, { force: true });
        rmSync(record, { force: true });
      });
    },
  };
}

function readOrigin(record: string): PartialOrigin | null {
  try {
    return origin.parse(JSON.parse(readFileSync(record, 'utf8')));
  } catch {
    // Absent, or cut off by a crash: then nobody knows what the bytes are.
    return null;
  }
}
