import { z } from 'zod';
import { procedure } from './procedure.ts';
import { callTable, reading } from './metrics.ts';
import { identifier, instant, nanoseconds } from './primitives.ts';

export const instrumentName = z.enum(['serialTrace', 'serialSocket', 'plugin', 'gdbstub', 'eventLog', 'strace', 'bpftrace']);
export type InstrumentName = z.infer<typeof instrumentName>;

/** How a number was obtained; it stands beside every number. */
export const provenance = z.object({
  instrument: instrumentName,
  /** One phrase, for example "QEMU's serial_write trace, stamped in QEMU at the guest's outb". */
  technique: z.string(),
  resolutionNs: nanoseconds,
});
export type Provenance = z.infer<typeof provenance>;

/** What arming the instrument does to the guest: boots with and without it, interleaved, as a ratio of medians. */
export const overhead = z.object({
  ratio: z.number(),
  low: z.number(),
  high: z.number(),
  boots: z.number().int(),
  measuredAt: instant,
});
export type Overhead = z.infer<typeof overhead>;

export const instrument = z.object({
  name: instrumentName,
  title: z.string(),
  available: z.boolean(),
  reason: z.string(),
  provenance,
  overhead: overhead.nullable(),
});
export type Instrument = z.infer<typeof instrument>;

const pid = z.number().int().positive();

/** Programs on this host whose system calls are watched; their children are, too. */
export const tracedTarget = z.discriminatedUnion('kind', [
  /** Started for it in that directory, ended with it. Nobody reads what it prints. */
  z.object({ kind: z.literal('command'), command: z.string().min(1), args: z.array(z.string()).default([]), directory: z.string().optional() }),
  z.object({ kind: z.literal('processes'), pids: z.array(pid).min(1).max(256) }),
  /** All processes of a container of the chosen Docker Engine, which has to be on this host. */
  z.object({ kind: z.literal('container'), name: z.string().min(1) }),
]);
export type TracedTarget = z.infer<typeof tracedTarget>;

export const traceProcesses = z.object({
  target: tracedTarget,
  /** Null: until what is watched has ended, or the task is cancelled. */
  durationSeconds: z.number().positive().max(86_400).nullable().default(null),
  /** Only these calls, by name; all when absent. */
  calls: z.array(z.string().regex(/^[a-z_0-9]+$/)).min(1).max(500).optional(),
  /** The best that works when absent. */
  instrument: instrumentName.extract(['strace', 'bpftrace']).optional(),
});
export type TraceProcesses = z.input<typeof traceProcesses>;

/** What programs on this host asked of their kernel, in the same form as a guest's calls. */
export const processTrace = z.object({
  target: tracedTarget,
  /** Those that were there at its begin; empty for a command. */
  pids: z.array(pid),
  provenance,
  /** What watching costs the programs. */
  overhead: z.string(),
  startedAt: instant,
  durationNs: nanoseconds,
  calls: callTable,
  readings: z.array(reading),
  /** Why it is not whole, or null. */
  cut: z.string().nullable(),
  /** Calls that no table knows, and returns of calls from before the begin: in no row. */
  left: z.object({ undecoded: z.number().int(), returnsWithoutCall: z.number().int() }),
});
export type ProcessTrace = z.infer<typeof processTrace>;

export const instruments = {
  list: procedure.output(z.array(instrument)),
  /** Measures each instrument's own overhead on the built-in guest. */
  calibrate: procedure.input(z.object({ boots: z.number().int().min(3).max(100).default(10) })).output(z.array(instrument)),
  /** Watches system calls of programs on this host as a task. Refuses a container that is not there or on another host before it begins. */
  traceProcesses: procedure.input(traceProcesses).output(z.object({ task: identifier })),
  /** What such a task saw, when it has ended; also of one that was cancelled, up to then. Throws its failure, NOT_FOUND for one long ago. */
  processTrace: procedure.input(z.object({ task: identifier })).output(processTrace),
};
