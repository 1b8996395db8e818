import { z } from 'zod';
import { failure } from './errors.ts';
import { procedure, subscription } from './procedure.ts';
import { byIdentifier, identifier, instant } from './primitives.ts';

/** Long work. It lives in the lab, so it survives the shell that asked for it. */
export const task = z.object({
  id: identifier,
  title: z.string(),
  /** Where the page shows what this task makes, as a route of the renderer. */
  route: z.string().nullable(),
  state: z.enum(['running', 'cancelling', 'done', 'cancelled', 'failed']),
  /** What is being done now, as a short phrase. */
  phase: z.string(),
  /** Work done and planned in `unit`; planned is null when it is not known. */
  done: z.number(),
  planned: z.number().nullable(),
  unit: z.enum(['steps', 'bytes', 'boots']),
  startedAt: instant,
  endedAt: instant.nullable(),
  failure: failure.nullable(),
});
export type Task = z.infer<typeof task>;

export const tasks = {
  list: procedure.output(z.array(task)),
  cancel: procedure.input(byIdentifier).output(task),
  /** Forgets ended tasks. */
  clear: procedure,
  watch: subscription(z.array(task)),
};
