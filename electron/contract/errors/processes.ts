import { z } from 'zod';
import { declareError } from './declare.ts';

/** How a child process failed, as data. `stderrTail` holds at most its last 4 KiB. */
export const processFailure = z.object({
  command: z.string(),
  args: z.array(z.string()),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  stderrTail: z.string(),
  cancelled: z.boolean(),
});
export type ProcessFailure = z.infer<typeof processFailure>;

function ended(failure: ProcessFailure): string {
  if (failure.cancelled) return 'was cancelled';
  if (failure.signal !== null) return `was ended by ${failure.signal}`;
  // Only a parent learns the exit code, and a lab is not the parent of what it adopted.
  return failure.exitCode === null ? 'ended without an exit code' : `ended with exit code ${failure.exitCode}`;
}

export function processEvidence(failure: ProcessFailure): string[] {
  const command = [failure.command, ...failure.args].join(' ');
  return [`$ ${command}`, ended(failure), ...failure.stderrTail.split('\n').filter((line) => line.trim() !== '').slice(-8)];
}

export const processErrors = {
  PROCESS_FAILED: declareError({
    status: 500,
    details: processFailure,
    what: (failure) => `${failure.command} ${ended(failure)}.`,
    evidence: processEvidence,
    fix: () => 'Read the last lines of its error output above; they name the cause.',
  }),
};
