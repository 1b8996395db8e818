import { readFileSync, writeFileSync } from 'node:fs';

/** What a stage found. A stage that is one check counts as one test. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each skipped test with the reason that it gave. */
  readonly skips: readonly { readonly test: string; readonly reason: string }[];
  /** Names of what failed, for the summary. */
  readonly failures: readonly string[];
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0, skips: [], failures: [] };

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, { passed, failed, skipped, skips, failures }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
      skips: [...total.skips, ...skips],
      failures: [...total.failures, ...failures],
    }),
    nothing,
  );
}

/** The environment variable that names the file into which a reporter writes its counts. */
export const COUNTS_FILE = 'PETRI_TEST_COUNTS';

export function writeCounts(counts: Counts): void {
  const path = process.env[COUNTS_FILE];
  if (path !== undefined) writeFileSync(path, JSON.stringify(counts));
}

/**
 * The counts of a stage that has ended. One that crashed before it could write them, or that ended badly although no
 * test failed, counts as one failure, so that it can never pass unseen.
 */
export function readCounts(path: string, stage: string, exitCode: number | null): Counts {
  const written = tryRead(path);
  if (written === null) return { ...nothing, failed: 1, failures: [`${stage} ended with exit code ${String(exitCode)} before it could count its tests`] };
  if (exitCode === 0 || written.failed > 0) return written;
  return { ...written, failed: 1, failures: [`${stage} ended with exit code ${String(exitCode)} although no test failed`] };
}

function tryRead(path: string): Counts | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Counts;
  } catch {
    return null;
  }
}

/** The line that a machine reads: the last one of `npm test`. */
export const closingLine = ({ passed, failed, skipped }: Counts): string => `${passed} passed, ${failed} failed, ${skipped} skipped`;
