import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobs } from './blobs.ts';
import { onDisk, onDiskAsync } from './storageFailures.ts';

/** Traces among the blobs: each may have gigabytes, so all together are bounded, and the oldest go first. */
export interface TraceShelf extends Pick<Blobs, 'path' | 'has'> {
  /** As of blobs; then the oldest traces go, until the rest fits. The one that was just put stays, however large it is. */
  putFile(path: string): Promise<string>;
  /** When a trace was let go for newer ones, and what all may have; null for one that was not. */
  letGo(digest: string): { at: string; limitBytes: number } | null;
}

export interface TraceShelfOptions {
  readonly blobs: Pick<Blobs, 'putFile' | 'path' | 'has' | 'size'>;
  /** Has a file for each trace, as old as the trace is here: empty, or with what `letGo` answers. */
  readonly directory: string;
  readonly limitBytes: () => number;
  readonly onLetGo: (digest: string, bytes: number) => void;
}

interface KeptTrace {
  readonly digest: string;
  readonly bytes: number;
  readonly putMs: number;
}

/** Now, but behind all that are kept: two may come within a millisecond, and a clock may be set back. */
const later = (traces: readonly KeptTrace[]): Date => new Date(Math.max(Date.now(), ...traces.map(({ putMs }) => Math.floor(putMs) + 1)));

export function openTraceShelf({ blobs, directory, limitBytes, onLetGo }: TraceShelfOptions): TraceShelf {
  onDisk(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  const noteOf = (digest: string): string => join(directory, digest);
  const kept = (): KeptTrace[] =>
    readdirSync(directory).flatMap((digest) => {
      const { size, mtimeMs } = statSync(noteOf(digest));
      // A run that left the trash took its trace along.
      return size > 0 || !blobs.has(digest) ? [] : [{ digest, bytes: blobs.size(digest), putMs: mtimeMs }];
    });
  const rotate = async (newest: string): Promise<void> => {
    const traces = kept().sort((one, other) => one.putMs - other.putMs || (one.digest < other.digest ? -1 : 1));
    let total = traces.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { digest, bytes } of traces) {
      if (total <= limitBytes()) return;
      if (digest === newest) continue;
      // The note first: a trace that is gone always says why.
      writeFileSync(noteOf(digest), JSON.stringify({ at: new Date().toISOString(), limitBytes: limitBytes() }));
      await rm(blobs.path(digest), { force: true });
      total -= bytes;
      onLetGo(digest, bytes);
    }
  };
  return {
    path: (digest) => blobs.path(digest),
    has: (digest) => blobs.has(digest),
    async putFile(path) {
      const digest = await blobs.putFile(path);
      await onDiskAsync(directory, async () => {
        const at = later(kept());
        writeFileSync(noteOf(digest), '', { mode: 0o600 });
        utimesSync(noteOf(digest), at, at);
        await rotate(digest);
      });
      return digest;
    },
    letGo(digest) {
      if (blobs.has(digest)) return null;
      try {
        return JSON.parse(readFileSync(noteOf(digest), 'utf8')) as { at: string; limitBytes: number };
      } catch {
        // No note, or an empty one: it is missing for another reason.
        return null;
      }
    },
  };
}
