import { execFile } from 'node:child_process';
import { z } from 'zod';
import { DeclaredError, failure } from '../contract/errors.ts';
import { fromFailure } from './failures.ts';
import { labPaths } from './labPaths.ts';
import { labProgram, type LabProgram } from './startLab.ts';

const repairReport = z.object({
  outcome: z.enum(['whole', 'repaired']),
  /** The damaged file, kept as it was. */
  keptAs: z.string().nullable(),
  documents: z.number(),
  samples: z.number(),
  /** At least so many records are lost; null when nobody can say. */
  unreadable: z.number().nullable(),
  fromBackup: z.number(),
});
export type RepairReport = z.infer<typeof repairReport>;

const answer = z.union([z.object({ repaired: repairReport }), z.object({ failure })]);

/**
 * Repairs the database of a data directory on which no lab can start. Rejects with LAB_LOCKED while one runs, and with
 * LAB_START_FAILED when the lab's program does not answer.
 */
export function repairData(dataDirectory?: string, program: LabProgram = labProgram()): Promise<RepairReport> {
  const paths = labPaths(dataDirectory);
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...program.environment };
    execFile(program.command, [...program.args, '--repair', paths.dataDirectory], { env }, (_error, stdout, stderr) => {
      const parsed = answer.safeParse(tryJson(stdout));
      if (!parsed.success) reject(new DeclaredError('LAB_START_FAILED', { logPath: paths.dataDirectory, logTail: stderr.slice(-4_096) }));
      else if ('failure' in parsed.data) reject(fromFailure(parsed.data.failure));
      else resolve(parsed.data.repaired);
    });
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
