import { writeSync } from 'node:fs';
import { DeclaredError } from '../contract/errors.ts';
import { repairDatabase } from '../lab/repair.ts';

const STDOUT = 1;

/** Repairs the database of a data directory and prints, as one line of JSON, what was found or why it was refused. */
export function repair(dataDirectory: string | undefined): void {
  try {
    const repaired = repairDatabase(dataDirectory ?? '');
    writeSync(STDOUT, `${JSON.stringify({ repaired })}\n`);
  } catch (error) {
    if (!(error instanceof DeclaredError)) throw error;
    writeSync(STDOUT, `${JSON.stringify({ failure: error.failure })}\n`);
    process.exitCode = 1;
  }
}
