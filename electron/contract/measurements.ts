import { z } from 'zod';
import { acceleratorName, qemuBuild } from './accelerators.ts';
import { imageIdentity } from './catalog.ts';
import { failure } from './errors.ts';
import { guestDefinition } from './guests.ts';
import { hostFingerprint } from './hosts.ts';
import { instrumentName, overhead, provenance } from './instruments.ts';
import { calibrationState, memoryModel, metricName, reading, sampleMetrics } from './metrics.ts';
import { byIdentifier, digest, displayName, identifier, instant, keptName, nanoseconds } from './primitives.ts';
import { procedure, stream, subscription } from './procedure.ts';
import { trashedItem } from './trash.ts';

/** One phase of a table: matched on the serial bytes line by line, an unfinished last line included. */
export const phaseDefinition = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** A regular expression for one line without its line end; null for a phase that prints nothing. */
  pattern: z.string().nullable(),
  /** An optional phase may be missing without making the boot incomplete. */
  optional: z.boolean(),
  /** What happens in it, for a reader who does not know the system. */
  explanation: z.string(),
  /** The kernel's function or label with which the phase begins; its line, where there is one, comes when its work is done. */
  symbol: z.string().regex(/^[A-Za-z_.$][\w.$]*$/).optional(),
});
export type PhaseDefinition = z.infer<typeof phaseDefinition>;

export const phaseTable = z.object({
  id: identifier,
  system: z.string(),
  source: z.string(),
  phases: z.array(phaseDefinition).min(1),
  /** A regular expression for the end of an unfinished line at which the system waits for a command; null where none is known. */
  prompt: z.string().nullable().default(null),
  /** What is answered, and at which end of an unfinished line, before that prompt comes; absent where nobody has to log in. */
  login: z.object({ prompt: z.string(), answer: z.string() }).optional(),
});
export type PhaseTable = z.infer<typeof phaseTable>;

/** When the phase's symbol was first reached, in nanoseconds since QEMU was spawned, and how many instructions the guest had made. */
export const phaseSymbol = z.object({ symbol: z.string(), atNs: nanoseconds, instructions: z.number().int().nullable(), instrument: instrumentName });
export type PhaseSymbol = z.infer<typeof phaseSymbol>;

/** `atNs` is the time since QEMU was spawned at which the first byte of the matched text left the guest. */
export const phaseStamp = z.discriminatedUnion('status', [
  z.object({ name: z.string(), status: z.literal('seen'), atNs: nanoseconds, byteOffset: z.number().int(), text: z.string(), symbol: phaseSymbol.optional() }),
  /** `seenLast` is the last line before the boot was given up. */
  z.object({ name: z.string(), status: z.literal('missing'), seenLast: z.string(), symbol: phaseSymbol.optional() }),
  /** A phase that prints nothing cannot be stamped from the serial port. */
  z.object({ name: z.string(), status: z.literal('unobservable'), symbol: phaseSymbol.optional() }),
]);
export type PhaseStamp = z.infer<typeof phaseStamp>;

/** One side of a comparison: a guest, perhaps with another accelerator or other kernel arguments. */
export const subject = z.object({
  /** `a`, `b`, …; a control is the same subject once more. */
  key: z.string().regex(/^[a-z]$/),
  label: z.string().min(1).max(120),
  guest: guestDefinition,
  accelerator: acceleratorName,
  qemu: qemuBuild,
  extraArguments: z.string().max(1_024),
  /** Kernel and modules, in the order of the boot; none in runs that are older than this record. */
  images: z.array(imageIdentity).default([]),
  /** True for the second half of an A/A control. */
  control: z.boolean(),
  /** The phases of a subject of another system than the run's first; absent where they are those of the run. */
  phaseTable: phaseTable.optional(),
});
export type Subject = z.infer<typeof subject>;

/** What is measured: the boot itself, or what happens in a window of time in it or after it. */
export const measurementKind = z.enum(['boot', 'syscalls', 'memory', 'ipc']);
export type MeasurementKind = z.infer<typeof measurementKind>;

/** Which events are wanted of a boot, and when. */
export const eventPlan = z.object({
  /** The event instrument that was chosen. */
  instrument: instrumentName,
  metrics: z.array(metricName),
  /** `spawn`: from the first instruction to the last phase. `lastPhase`: from the last phase on, for so long. */
  window: z.object({ from: z.enum(['spawn', 'lastPhase']), durationSeconds: z.number().positive().nullable() }),
  /** What is typed at the guest's prompt when the window begins: `calls 1000`, or null. The window ends when it is done, or at its duration. */
  load: z.string().max(200).nullable(),
  /** Instructions are the clock (`-icount shift=0`): boots of the same guest are the same to the last instruction. */
  logicalTime: z.boolean(),
  /** Null for no memory model. */
  model: memoryModel.nullable(),
  /** One profile sample in so many instructions; null for no profile. */
  profileEvery: z.number().int().min(100).nullable(),
  /** A file with the kernel's symbols; null when the kernel itself has them. */
  symbolFile: z.string().nullable(),
  /** At this size the trace is cut; counting goes on. */
  traceLimitBytes: z.number().int().positive(),
});
export type EventPlan = z.infer<typeof eventPlan>;

/** The plan is made before the first boot and kept, so that an interrupted run resumes in the same order. */
export const plan = z.object({
  runs: z.number().int().min(1).max(1_000),
  warmUps: z.number().int().min(0).max(100),
  timeLimitSeconds: z.number().min(0.1).max(86_400),
  outputLimitBytes: z.number().int(),
  instrument: instrumentName,
  /** Null when only the serial port is looked at. */
  events: eventPlan.nullable().default(null),
  seed: z.number().int(),
  /** Which subject is booted when; warm-ups come first. */
  order: z.array(z.object({ subject: z.string(), warmUp: z.boolean() })),
});
export type Plan = z.infer<typeof plan>;

/** The engine in a container of which QEMU ran; its host may be another than that of the lab. */
export const samplePlace = z.object({
  engine: z.string(),
  /** The engine's address. */
  address: z.string(),
  version: z.string(),
  /** Name and kernel of the host that the engine is on. */
  host: z.string(),
  kernel: z.string(),
  /** The image with QEMU, by its id. */
  image: z.string(),
});
export type SamplePlace = z.infer<typeof samplePlace>;

/** One boot, complete or not. Samples are never changed and never dropped. */
/** How times of one boot were taken, and what calibration said of the instrument on such a guest when they were. */
export const timeOrigin = z.object({ instrument: instrumentName, technique: z.string(), resolutionNs: z.number().nullable(), calibration: calibrationState });
export type TimeOrigin = z.infer<typeof timeOrigin>;

export const sample = z.object({
  index: z.number().int().nonnegative(),
  subject: z.string(),
  warmUp: z.boolean(),
  startedAt: instant,
  outcome: z.enum(['complete', 'incomplete', 'failed']),
  phases: z.array(phaseStamp),
  /** Time since spawn of the first byte that the guest printed, null when it printed nothing. */
  firstByteNs: nanoseconds.nullable(),
  provenance,
  /** Of phases at their lines, and at their symbols where there were any; absent in samples from before it was noted. */
  timing: z.object({ lines: timeOrigin, symbols: timeOrigin.nullable() }).optional(),
  argv: z.array(z.string()),
  /** Where QEMU ran when it was not a program of the run's own host. */
  place: samplePlace.optional(),
  /** One-minute load average before the boot, null where the system has none. */
  load: z.number().nullable(),
  /** Digest of the serial bytes, kept as a blob and readable as console `run/ID/INDEX/serial0`. */
  serialDigest: digest.nullable(),
  serialBytes: z.number().int(),
  /** When those bytes left the guest, and what else was timed or counted beside a trace: kept as a blob of text lines. Absent where it was not kept. */
  marks: z.object({ digest, bytes: z.number().int() }).optional(),
  metrics: sampleMetrics.nullable().default(null),
  failure: failure.nullable(),
});
export type Sample = z.infer<typeof sample>;

/** What nobody recorded of an imported run; where a field of it stands all the same, its value means nothing. */
export const unknownFact = z.enum(['host', 'machine', 'qemu', 'accelerator']);
export type UnknownFact = z.infer<typeof unknownFact>;

export const run = z.object({
  id: identifier,
  kind: measurementKind,
  name: keptName,
  question: z.string().max(500),
  createdAt: instant,
  endedAt: instant.nullable(),
  state: z.enum(['running', 'done', 'cancelled', 'interrupted', 'failed']),
  subjects: z.array(subject).min(1),
  plan,
  phaseTable,
  host: hostFingerprint,
  overhead: overhead.nullable(),
  failure: failure.nullable(),
  notes: z.string().max(10_000),
  tags: z.array(z.string().max(40)),
  /** `--no-save` runs live in memory only. */
  saved: z.boolean(),
  /** Of a run that another program measured: what its files do not say of guest, QEMU and host is not known. */
  imported: z.object({ at: instant, files: z.number().int(), unknown: z.array(unknownFact).default(['host', 'machine', 'qemu', 'accelerator']) }).optional(),
});
export type Run = z.infer<typeof run>;

export const runWithSamples = z.object({ run, samples: z.array(sample) });
export type RunWithSamples = z.infer<typeof runWithSamples>;

const runListItem = run.pick({ id: true, kind: true, name: true, createdAt: true, endedAt: true, state: true, notes: true, tags: true }).extend({
  guests: z.array(z.string()),
  /** Those that count: no warm-ups, and none that failed. */
  samples: z.number().int(),
  /** Median of the first subject's boot time (first phase to last), null without a complete sample. */
  medianBootNs: nanoseconds.nullable(),
});
/** What is asked of the list; what is absent does not filter. */
export const runFilter = z.object({
  /** In id, name, notes, tags or a guest's label, whatever the case. */
  text: z.string().max(200).optional(),
  kind: measurementKind.optional(),
  state: run.shape.state.optional(),
  tag: z.string().max(40).optional(),
  /** The id of a guest. */
  guest: identifier.optional(),
  order: z.enum(['newest', 'oldest', 'name', 'slowest', 'fastest']).default('newest'),
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(1).max(500).default(100),
});
export type RunFilter = z.input<typeof runFilter>;
export type RunListItem = z.infer<typeof runListItem>;

/** What `start` may be told of events; what is absent is chosen for the kind. */
const eventWishes = eventPlan.omit({ window: true }).extend({ durationSeconds: z.number().min(0.1).max(86_400), from: z.enum(['spawn', 'lastPhase']) }).partial();

const startInput = z.object({
  kind: measurementKind,
  subjects: z
    .array(z.object({ guest: identifier, label: z.string().max(120).optional(), accelerator: acceleratorName.optional(), extraArguments: z.string().max(1_024).optional() }))
    .min(1)
    .max(8),
  runs: z.number().int().min(1).max(1_000).optional(),
  warmUps: z.number().int().min(0).max(100).optional(),
  timeLimitSeconds: z.number().min(0.1).max(86_400).optional(),
  instrument: instrumentName.optional(),
  /**
   * Boots the first subject a second time under another key, to see how much two equal things differ. It costs as many boots
   * again as one subject. Absent: where there are two subjects or more.
   */
  control: z.boolean().optional(),
  /** A measurement of a kind other than boot always has events; a boot has them when they are asked for. */
  events: eventWishes.optional(),
  seed: z.number().int().optional(),
  name: displayName.optional(),
  question: z.string().max(500).optional(),
  save: z.boolean().default(true),
});
export type StartMeasurement = z.input<typeof startInput>;

/** One thing that a load is told: a whole number within a range, one of some words, or a word of one's own. A word that is '' is left out. */
export const loadParameter = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number'), name: z.string().regex(/^[a-z]\w*$/), title: z.string(), low: z.number().int(), high: z.number().int(), default: z.number().int() }),
  z.strictObject({ kind: z.literal('word'), name: z.string().regex(/^[a-z]\w*$/), title: z.string(), choices: z.array(z.string()).min(1), default: z.string() }),
  z.strictObject({ kind: z.literal('text'), name: z.string().regex(/^[a-z]\w*$/), title: z.string(), default: z.string() }),
]);
export type LoadParameter = z.infer<typeof loadParameter>;

/** Work that a guest's own programs can do while it is measured. */
export const guestLoad = z.strictObject({
  id: z.string().regex(/^[a-z]\w*$/),
  title: z.string(),
  /** What is typed at the prompt, with `{NAME}` for each parameter. */
  line: z.string().max(200),
  does: z.string(),
  parameters: z.array(loadParameter),
  /** The measurements that it is good for, and their metrics. */
  kinds: z.array(measurementKind).min(1),
  metrics: z.array(metricName).min(1),
  /** What its rate counts: `times` of it for each one of a parameter; null when nobody can tell. */
  work: z.strictObject({ unit: z.string(), parameter: z.string(), times: z.number().int().positive() }).nullable(),
  /** How it was seen to work; null when it was not. */
  verified: z.string().nullable(),
  /** Why this guest cannot do it; null when it can. */
  impossible: z.string().nullable(),
});
export type GuestLoad = z.infer<typeof guestLoad>;

/** One run of a guest in the series of a metric over its runs. */
export const trendItem = z.object({
  run: identifier,
  at: instant,
  median: z.number(),
  /** Of the median, whatever the distribution; null for fewer than six values. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Whether it may be compared with the newest run that has the metric, and if not why, in sentences. */
  comparable: z.boolean(),
  obstacle: z.string().nullable(),
  /** From this run on the metric was different; `ratio` is the level from here over the one before, null where that is no number. */
  change: z.object({ ratio: z.number().nullable(), pValue: z.number() }).nullable(),
  /** The median of the runs between two changes, and the number of that stretch: runs with the same number belong together. */
  level: z.number(),
  stretch: z.number().int().nonnegative(),
});
export type TrendItem = z.infer<typeof trendItem>;

const sampleOfRun = z.object({ run: identifier, index: z.number().int().nonnegative() });
const phaseMoment = z.object({ lineNs: nanoseconds.nullable(), text: z.string().nullable(), symbolNs: nanoseconds.nullable(), instructions: z.number().int().nullable() });

/** Two boots, aligned phase by phase and event by event. */
export const bootDiff = z.object({
  /** Both were counted in logical time, where two boots of the same guest are the same; otherwise only the order is compared. */
  exact: z.boolean(),
  /** `differs` says what, beside the time that passed on the host; null when nothing does. */
  phases: z.array(z.object({ name: z.string(), title: z.string(), a: phaseMoment, b: phaseMoment, differs: z.string().nullable() })),
  /** Null where a boot has no trace that was kept. */
  events: z
    .object({
      compared: z.number().int(),
      /** The first event that is not the same, as trace lines; null on the side that had ended. `before` was the same in both, oldest first. */
      divergence: z.object({ where: z.string(), a: z.string().nullable(), b: z.string().nullable(), before: z.array(z.string()) }).nullable(),
      /** What was not compared, because only one of them recorded it, or each in its own way: in words. */
      leftOut: z.array(z.string()),
    })
    .nullable(),
  /** The first divergence in a sentence. */
  says: z.string(),
});
export type BootDiff = z.infer<typeof bootDiff>;

const runEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), run, samples: z.array(sample) }),
  /** A boot began; its serial bytes can be read live from `console`. */
  z.object({ type: z.literal('boot'), index: z.number().int(), subject: z.string(), warmUp: z.boolean(), console: z.string() }),
  z.object({ type: z.literal('phase'), index: z.number().int(), stamp: phaseStamp }),
  z.object({ type: z.literal('sample'), sample }),
  z.object({ type: z.literal('run'), run }),
]);
export type RunEvent = z.infer<typeof runEvent>;

/** `serial`: what the guest printed; `marks`: when it did, and what else was timed beside; `trace`: events of an instrument. */
export const evidenceKind = z.enum(['serial', 'marks', 'trace']);
export type EvidenceKind = z.infer<typeof evidenceKind>;

export const measurements = {
  /** Plans a run and starts it as a task; resolves as soon as it is planned. */
  start: procedure.input(startInput).output(run),
  /** Goes on with what is left of the plan; refused with RUNS_NOT_COMPARABLE when machine, QEMU or an image is another. */
  resume: procedure.input(byIdentifier).output(run),
  cancel: procedure.input(byIdentifier).output(run),
  /** All of them, the newest first: for programs. A page asks for what it shows with `find`. */
  list: procedure.output(z.array(runListItem)),
  /** One page of the list, and how many there are of it in all. */
  find: procedure.input(runFilter).output(z.object({ total: z.number().int(), items: z.array(runListItem), tags: z.array(z.string()) })),
  /** One number of each sample of a run, thinned to `points` by keeping extremes: for its chart. */
  series: procedure
    .input(z.object({ id: identifier, subject: z.string(), metric: z.union([metricName, z.literal('phase')]), phase: z.string().optional(), points: z.number().int().min(10).max(5_000).default(1_000) }))
    .output(z.object({ total: z.number().int(), values: z.array(z.object({ index: z.number().int(), value: z.number() })) })),
  /** One metric over the runs of a guest, oldest first, with the runs at which it changed. */
  trend: procedure.input(z.object({ guest: identifier, metric: metricName })).output(z.array(trendItem)),
  /** What each instrument would give for this guest, before anything is measured: measured, modelled or unavailable. */
  outlook: procedure.input(z.object({ guest: identifier })).output(z.array(reading)),
  /** What can be typed into this guest so that there is something to measure. */
  loads: procedure.input(z.object({ guest: identifier })).output(z.array(guestLoad)),
  /** Lines behind a sample's numbers, from its kept evidence. Of a trace of Petri's own `total` is exact; of text, and with a search, it is how many were found until the page was full, one more where there are more. */
  evidence: procedure
    .input(z.object({ run: identifier, index: z.number().int(), kind: evidenceKind.default('trace'), offset: z.number().int().nonnegative().default(0), limit: z.number().int().min(1).max(2_000).default(200), search: z.string().max(100).optional() }))
    .output(z.object({ total: z.number().int(), lines: z.array(z.string()), digest: z.string().nullable() })),
  /** Where two boots part. Throws RUNS_NOT_COMPARABLE for guests with other phases. */
  diff: procedure.input(z.object({ a: sampleOfRun, b: sampleOfRun })).output(bootDiff),
  /** Runs in the layout of the MINIX analysis: `measurements/ARCH/*.json` below a folder of the lab's machine, by its whole path. */
  exportFolder: procedure.input(z.object({ folder: z.string().min(1), runs: z.array(identifier).optional() })).output(z.object({ files: z.array(z.string()) })),
  importFolder: procedure.input(z.object({ folder: z.string().min(1) })).output(z.object({ runs: z.array(identifier), refused: z.array(z.object({ file: z.string(), reason: z.string() })) })),
  get: procedure.input(byIdentifier).output(runWithSamples),
  annotate: procedure.input(z.object({ id: identifier, name: displayName.optional(), notes: run.shape.notes.optional(), tags: run.shape.tags.optional() })).output(run),
  /** Moves a run to the trash, where `restore` finds it. */
  remove: procedure.input(byIdentifier),
  restore: procedure.input(byIdentifier).output(run),
  /** What `restore` would find, what was removed last first. It changes whenever `watchList` yields. */
  trash: procedure.output(z.array(trashedItem)),
  phaseTables: procedure.output(z.array(phaseTable)),
  /** One run: a snapshot, then every boot, phase and sample as it happens; ends when the run ends. */
  watch: procedure.input(byIdentifier).output(stream(runEvent)),
  /** The newest 500 runs, again after each change of the list: then a page of older ones is to be asked for again. */
  watchList: subscription(z.array(runListItem)),
};
