import { z } from 'zod';
import { procedure } from './procedure.ts';

/** Everything one needs to report a problem, with home directories and tokens redacted. */
export const diagnosticsReport = z.object({ text: z.string(), redactions: z.number().int() });

/** One command that the lab ran: what a person would have typed. */
export const commandRecord = z.object({
  at: z.iso.datetime(),
  argv: z.array(z.string()),
  purpose: z.string(),
  exitCode: z.number().int().nullable(),
  running: z.boolean(),
});
export type CommandRecord = z.infer<typeof commandRecord>;

export const diagnostics = {
  collect: procedure.output(diagnosticsReport),
  commands: procedure.output(z.array(commandRecord)),
};
