import { z } from 'zod';
import { declareError } from './declare.ts';

/** Failures of watching the system calls of programs on this host. */
export const processTracingErrors = {
  TRACED_PROCESS_GONE: declareError({
    status: 404,
    details: z.object({ pid: z.number().int(), reason: z.string() }),
    what: (d) => `There is no process ${d.pid} to watch.`,
    evidence: (d) => [d.reason],
    fix: () => 'It ended, or the number is that of another machine or container. List the processes and choose again.',
  }),
  TRACE_NOT_PERMITTED: declareError({
    status: 403,
    details: z.object({ pid: z.number().int().nullable(), reason: z.string() }),
    what: (d) => (d.pid === null ? 'This system does not let Petri watch programs.' : `Petri may not watch the process ${d.pid}.`),
    evidence: (d) => [d.reason],
    fix: () => 'Start the program from Petri instead, or run Petri as the user who owns the process; kernel.yama.ptrace_scope must allow it, and no other debugger may hold it.',
  }),
  TRACED_PROGRAM_MISSING: declareError({
    status: 404,
    details: z.object({ command: z.string(), reason: z.string() }),
    what: (d) => `The program "${d.command}" could not be started.`,
    evidence: (d) => [d.reason],
    fix: () => 'Give its full path, and check that it may be executed.',
  }),
};
