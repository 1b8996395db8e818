import { z } from 'zod';
import { failure } from './errors.ts';
import { hostFingerprint } from './hosts.ts';
import { overhead, provenance } from './instruments.ts';
import { run, sample } from './measurements.ts';
import { byIdentifier, digest, displayName, identifier, instant, keptName, nanoseconds } from './primitives.ts';
import { procedure, stream, subscription } from './procedure.ts';
import { trashedItem } from './trash.ts';

const pid = z.number().int().positive();

/** Programs on this host whose system calls are watched; their children are, too. */
export const tracedTarget = z.discriminatedUnion('kind', [
  /** Started for it in that directory, ended with it. Nobody reads what it prints. */
  z.object({ kind: z.literal('command'), command: z.string().min(1).max(4_096), args: z.array(z.string().max(65_536)).max(10_000).default([]), directory: z.string().max(4_096).optional() }),
  z.object({ kind: z.literal('processes'), pids: z.array(pid).min(1).max(256) }),
  /** All processes of a container of the chosen Docker Engine, which has to be on this host. */
  z.object({ kind: z.literal('container'), name: z.string().min(1).max(255) }),
]);
export type TracedTarget = z.infer<typeof tracedTarget>;

export const programTracer = z.enum(['strace', 'bpftrace']);
export type ProgramTracer = z.infer<typeof programTracer>;

export const startTrace = z.object({
  target: tracedTarget,
  /** Of each window. Null: until what is watched has ended, or the trace is cancelled. */
  durationSeconds: z.number().positive().max(86_400).nullable().default(null),
  /** Only these calls, by name; all when absent. */
  calls: z.array(z.string().regex(/^[a-z_0-9]+$/)).min(1).max(500).optional(),
  /** The best that works when absent. */
  instrument: programTracer.optional(),
  /** A command is run so often; what runs already is watched for so many windows, which then need a duration. */
  runs: z.number().int().min(1).max(100).default(1),
  /** Runs a command as often without the instrument, each after one with it, to measure what watching costs; where there are runs enough for an interval (five), unless it is refused. */
  costs: z.boolean().optional(),
  name: displayName.optional(),
  notes: run.shape.notes.optional(),
  tags: run.shape.tags.optional(),
  /** False: forgotten with the lab, and its lines are not kept. */
  save: z.boolean().default(true),
});
export type StartTrace = z.input<typeof startTrace>;

/** How a command ended by itself. */
export const commandExit = z.object({ index: z.number().int(), exitCode: z.number().int().nullable(), signal: z.string().nullable() });
export type CommandExit = z.infer<typeof commandExit>;

/** What programs on this host asked of their kernel; its samples have the form of those of a guest. */
export const programTrace = z.object({
  id: identifier,
  name: keptName,
  notes: run.shape.notes,
  tags: run.shape.tags,
  createdAt: instant,
  endedAt: instant.nullable(),
  state: run.shape.state,
  target: tracedTarget,
  /** Those that were there at its begin; empty for a command. */
  pids: z.array(pid),
  durationSeconds: z.number().nullable(),
  calls: z.array(z.string()).nullable(),
  runs: z.number().int().positive(),
  /** Of the bootstrap. */
  seed: z.number().int(),
  host: hostFingerprint,
  provenance,
  /** What watching costs the programs, as the instrument is known. */
  costs: z.string(),
  /** The same, measured here: times of the command with and without, interleaved; null where it was not measured, and `overheadSays` tells why; else it has the same in words. */
  overhead: overhead.nullable(),
  overheadSays: z.string(),
  /** Calls that no table knows, and returns of calls from before the begin: in no row. */
  left: z.object({ undecoded: z.number().int(), returnsWithoutCall: z.number().int() }),
  /** How the command ended in each sample; nothing of one that was ended by Petri, and of what ran already. */
  exits: z.array(commandExit).default([]),
  /** Of the samples so far, for lists. */
  figures: z.object({ samples: z.number().int(), systemCalls: z.number().nullable(), durationNs: nanoseconds.nullable() }),
  failure: failure.nullable(),
  saved: z.boolean(),
});
export type ProgramTrace = z.infer<typeof programTrace>;

export const traceWithSamples = z.object({ trace: programTrace, samples: z.array(sample) });
export type TraceWithSamples = z.infer<typeof traceWithSamples>;

const traceEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), trace: programTrace, samples: z.array(sample) }),
  /** A window goes on: how long, and how large its trace has become. */
  z.object({ type: z.literal('progress'), index: z.number().int(), withInstrument: z.boolean(), elapsedNs: nanoseconds, traceBytes: z.number().int() }),
  z.object({ type: z.literal('sample'), sample }),
  z.object({ type: z.literal('trace'), trace: programTrace }),
]);
export type ProgramTraceEvent = z.infer<typeof traceEvent>;

/** One call in two traces; `ratio` is b over a, null where one of them has none. */
const ratioOf = z.object({ a: z.number().nullable(), b: z.number().nullable(), ratio: z.number().nullable(), interval: z.object({ low: z.number(), high: z.number() }).nullable() });
export const traceComparison = z.object({
  a: programTrace,
  b: programTrace,
  /** Why the times may not be compared, null when they may: counts always may. */
  obstacle: z.string().nullable(),
  total: ratioOf,
  /** The most frequent first. Counts are medians of the samples; latencies are medians of all calls, in nanoseconds. */
  calls: z.array(z.object({ name: z.string(), count: ratioOf, latencyNs: ratioOf })),
});
export type TraceComparison = z.infer<typeof traceComparison>;

/** `csv` is a row for each call of each process of each sample. */
export const traceFormat = z.enum(['json', 'csv', 'text']);
export type TraceFormat = z.infer<typeof traceFormat>;

export const programs = {
  /** Which instruments can watch programs here, and why the others cannot: the cheapest first. */
  tracers: procedure.output(z.array(z.object({ name: programTracer, title: z.string(), available: z.boolean(), reason: z.string(), provenance, costs: z.string() }))),
  /** Watches system calls as a task, and answers when it has taken hold of them: what cannot be watched is refused, and nothing is kept of it. */
  start: procedure.input(startTrace).output(programTrace),
  /** Lets go; what was seen until then is kept. */
  cancel: procedure.input(byIdentifier).output(programTrace),
  /** The newest first. */
  list: procedure.output(z.array(programTrace)),
  get: procedure.input(byIdentifier).output(traceWithSamples),
  /** One trace: a snapshot, then what happens; ends when it ends. */
  watch: procedure.input(byIdentifier).output(stream(traceEvent)),
  watchList: subscription(z.array(programTrace)),
  annotate: procedure.input(z.object({ id: identifier, name: displayName.optional(), notes: run.shape.notes.optional(), tags: run.shape.tags.optional() })).output(programTrace),
  /** Moves a trace to the trash, where `restore` finds it. */
  remove: procedure.input(byIdentifier),
  restore: procedure.input(byIdentifier).output(programTrace),
  trash: procedure.output(z.array(trashedItem)),
  /** Lines of the instrument behind a sample's numbers; `total` is how many were found until the page was full, one more where there are more. */
  evidence: procedure
    .input(z.object({ id: identifier, index: z.number().int(), offset: z.number().int().nonnegative().default(0), limit: z.number().int().min(1).max(2_000).default(200), search: z.string().max(100).optional() }))
    .output(z.object({ total: z.number().int(), lines: z.array(z.string()), digest: z.string().nullable() })),
  compare: procedure.input(z.object({ a: identifier, b: identifier })).output(traceComparison),
  export: procedure.input(z.object({ id: identifier, format: traceFormat })).output(z.object({ fileName: z.string(), mediaType: z.string(), base64: z.string(), digest })),
};
