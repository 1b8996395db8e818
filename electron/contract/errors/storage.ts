import { z } from 'zod';
import { declareError } from './declare.ts';

/** Failures of the data directory and of the files in it. */
export const storageErrors = {
  DISK_FULL: declareError({
    status: 507,
    details: z.object({ path: z.string(), availableBytes: z.number().nullable() }),
    what: (d) => `The disk that holds ${d.path} is full.`,
    evidence: (d) => [d.availableBytes === null ? 'No space left on device (ENOSPC)' : `${d.availableBytes} bytes are free`],
    fix: () => 'Free some space, or write to another disk (the data directory: --data); what was saved before is intact.',
  }),
  DATA_READ_ONLY: declareError({
    status: 500,
    details: z.object({ path: z.string(), reason: z.string() }),
    what: (d) => `${d.path} cannot be written.`,
    evidence: (d) => [d.reason],
    fix: () => 'Make it writable for this user, or choose another data directory with --data.',
  }),
  DATA_HALF_WRITTEN: declareError({
    status: 500,
    details: z.object({ path: z.string(), missing: z.array(z.string()), found: z.array(z.string()) }),
    what: (d) => `${d.path} is not a whole data directory.`,
    evidence: (d) => [`missing: ${d.missing.join(', ')}`, `found: ${d.found.join(', ')}`],
    fix: () => 'Restore it from a backup, or choose an empty folder with --data.',
  }),
  DATA_NEWER: declareError({
    status: 409,
    details: z.object({ path: z.string(), version: z.number().int(), supported: z.number().int() }),
    what: () => 'The data directory was written by a newer Petri.',
    evidence: (d) => [`${d.path}: version ${d.version}; this Petri reads up to ${d.supported}`],
    fix: () => 'Update Petri, or choose another data directory with --data. Nothing was changed.',
  }),
  DATABASE_DAMAGED: declareError({
    status: 500,
    details: z.object({ path: z.string(), integrity: z.string(), backups: z.array(z.string()) }),
    what: () => 'The database is damaged.',
    evidence: (d) => [`${d.path}: ${d.integrity}`, d.backups.length === 0 ? 'no backup' : `backups: ${d.backups.join(', ')}`],
    fix: () => 'Run "petri doctor --repair": it keeps the damaged file and restores all that can be read.',
  }),
  PATH_REFUSED: declareError({
    status: 400,
    details: z.object({ path: z.string(), reason: z.string() }),
    what: (d) => `The path ${JSON.stringify(d.path)} cannot be used.`,
    evidence: (d) => [d.reason],
    fix: () => 'Choose another file or folder.',
  }),
  RESOURCE_INVALID: declareError({
    status: 500,
    details: z.object({ file: z.string(), issues: z.array(z.string()) }),
    what: (d) => `${d.file} is not valid.`,
    evidence: (d) => d.issues,
    fix: () => 'Correct the file, or reinstall Petri if it is one of its own.',
  }),
  PUBLISHED_WITHOUT_SOURCE: declareError({
    status: 500,
    details: z.object({ file: z.string(), entry: z.string() }),
    what: (d) => `The published value "${d.entry}" names no source.`,
    evidence: (d) => [d.file],
    fix: () => 'Add where the value was published and on which machine, or remove it.',
  }),
};
