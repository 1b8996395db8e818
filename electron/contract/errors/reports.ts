import { z } from 'zod';
import { declareError } from './declare.ts';

/** Failures of reports: of rendering them, and of taking those of other people. */
export const reportErrors = {
  REPORT_INVALID: declareError({
    status: 422,
    details: z.object({ fileName: z.string(), issues: z.array(z.string()) }),
    what: (d) => `"${d.fileName}" is no report of Petri that can be read.`,
    evidence: (d) => d.issues.slice(0, 8),
    fix: () => 'Import the JSON that `petri report RUN --format json` writes; `--evidence` adds what its numbers can be checked with.',
  }),
  REPORT_FORMAT_REFUSED: declareError({
    status: 422,
    details: z.object({ format: z.string(), reason: z.string() }),
    what: (d) => `There is no ${d.format} of this report.`,
    evidence: (d) => [d.reason],
    fix: () => 'Choose another format. A flame graph needs a measurement with a profile: `petri measure boot GUEST --profile 10000`.',
  }),
};
