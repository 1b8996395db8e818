import { z } from 'zod';
import { failure } from './errors.ts';
import { identifier, digest } from './primitives.ts';

/** What can be counted in a guest or timed; each has one name everywhere. Words and units are in core/measurements/metricNames.ts. */
export const metricName = z.enum([
  'bootTime', 'instructions', 'systemCalls', 'ipcRoundTrips', 'pageFaults', 'minorPageFaults', 'majorPageFaults',
  'addressSpaceSwitches', 'contextSwitches', 'interrupts', 'virtualMachineExits',
  'cacheReferences', 'cacheMisses', 'l1DataReferences', 'l1DataMisses', 'l1InstructionReferences', 'l1InstructionMisses', 'lastLevelReferences', 'lastLevelMisses',
  'tlbLoadMisses', 'tlbStoreMisses', 'dataTlbMisses', 'instructionTlbMisses', 'workingSet',
  'blockOperations', 'blockBytesRead', 'blockBytesWritten', 'networkBytesReceived', 'networkBytesSent', 'workTime', 'workRate',
]);
export type MetricName = z.infer<typeof metricName>;

/** `modelled` numbers come from a model of a machine, not from one. */
export const certainty = z.enum(['measured', 'modelled', 'unavailable']);
export type Certainty = z.infer<typeof certainty>;

/** What calibration said of the instrument, for this metric and architecture, when the number was taken. */
export const calibrationState = z.enum(['in', 'out', 'never']);
export type CalibrationState = z.infer<typeof calibrationState>;

/** One number of one sample with all that belongs to it. */
export const reading = z.object({
  metric: metricName,
  certainty,
  /** Null when it is unavailable, and in an outlook, which tells of what was not measured yet. */
  value: z.number().nullable(),
  unit: z.enum(['count', 'ns', 'bytes', 'pages', 'perSecond']),
  /** Null when no instrument could give it; `reason` says why. */
  instrument: z.string().nullable(),
  technique: z.string(),
  /** The smallest difference that means something, in the unit. */
  resolution: z.number().nullable(),
  /** What taking it costs the guest: the measured ratio of times with and without, null when it was not measured here. */
  overhead: z.number().nullable(),
  calibration: calibrationState,
  reason: z.string().nullable(),
});
export type Reading = z.infer<typeof reading>;

/** Of values in one unit; percentiles are exact to the step of the histogram that is stated with them. */
export const distribution = z.object({
  count: z.number().int().positive(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  median: z.number(),
  p95: z.number(),
  p99: z.number(),
  /** Relative: a percentile is off by at most this part of itself. */
  error: z.number().nonnegative(),
  /** Lower bound (inclusive), upper bound (exclusive), how many: only those that have any, ascending. */
  buckets: z.array(z.tuple([z.number(), z.number(), z.number().int()])),
});
export type Distribution = z.infer<typeof distribution>;

/** One system call of one process. */
export const callRow = z.object({
  /** The process as far as it is known: a name, or its address space. */
  process: z.string(),
  /** As the system's own tables name it; the number in words where no table has it. */
  name: z.string(),
  number: z.number().int(),
  /** The server or subsystem: `PM`, `VFS`, `kernel`, `mach_port`, … */
  group: z.string(),
  count: z.number().int().positive(),
  errors: z.number().int().nullable(),
  /** Begun and not ended within the window. */
  unreturned: z.number().int(),
  latencyNs: distribution.nullable(),
  latencyInstructions: distribution.nullable(),
});
export type CallRow = z.infer<typeof callRow>;

export const callTable = z.object({
  /** The decoder: `minix-3.4`, `linux-x86_64`, `mach`, … */
  decoder: z.string(),
  /** Whether its names were checked on a real boot of this system: how, or null when they were not. */
  verified: z.string().nullable(),
  total: z.number().int(),
  /** By the way into the kernel: `int 0x21`, `sysenter`, `svc`. */
  entries: z.array(z.object({ entry: z.string(), count: z.number().int() })),
  /** The most frequent first; all processes. */
  rows: z.array(callRow),
  /** Calls that no table has a name for. */
  unnamed: z.number().int(),
  roundTrips: z.object({ count: z.number().int(), latencyNs: distribution.nullable(), latencyInstructions: distribution.nullable() }).nullable(),
});
export type CallTable = z.infer<typeof callTable>;

const powerOfTwo = (least: number, most: number) => z.number().int().min(least).max(most).refine((value) => Number.isInteger(Math.log2(value)), 'must be a power of two');
const ways = z.number().int().min(1).max(64);
export const cacheSize = z.object({ sets: powerOfTwo(1, 65_536), ways, lineBytes: powerOfTwo(16, 256) });
export const tlbSize = z.object({ sets: powerOfTwo(1, 65_536), ways });
/** The machine that the memory model stands for. Sets and line sizes are powers of two. */
export const memoryModel = z.object({ l1Data: cacheSize, l1Instruction: cacheSize, lastLevel: cacheSize, dataTlb: tlbSize, instructionTlb: tlbSize, secondTlb: tlbSize });
export type MemoryModel = z.infer<typeof memoryModel>;

export const recommendation = z.object({
  /** The rule's name, by which the manual explains it. */
  rule: z.string(),
  text: z.string(),
  /** The readings that it rests on, as sentences with their numbers. */
  because: z.array(z.string()).min(1),
});
export type Recommendation = z.infer<typeof recommendation>;

export const memoryPicture = z.object({
  faults: z
    .object({
      total: z.number().int(), minor: z.number().int().nullable(), major: z.number().int().nullable(),
      user: z.number().int(), kernel: z.number().int(), writes: z.number().int(), executes: z.number().int(), protection: z.number().int(),
      /** Of the window, and the thresholds are stated in `why`. */
      severity: z.enum(['none', 'low', 'moderate', 'high']), why: z.string(),
      latencyNs: distribution.nullable(),
      latencyInstructions: distribution.nullish(),
      /** How both were obtained and of which faults, or why they are not known; absent in runs from before it was said. */
      latencyWhy: z.string().nullish(),
    })
    .nullable(),
  /** Null where nothing was modelled. */
  model: z
    .object({
      sizes: memoryModel,
      hitRatios: z.object({ l1Data: z.number(), l1Instruction: z.number(), lastLevel: z.number(), dataTlb: z.number(), instructionTlb: z.number() }).partial(),
      /**
       * Distinct pages of 4 KiB in each step; the last one can be cut by the window's end. `atNs` and `instructions` are where the step
       * ends; `instructions` counts from the window's begin. Runs from before steps were of instructions have steps of the host's time.
       */
      workingSet: z.array(z.object({ atNs: z.number(), pages: z.number().int(), instructions: z.number().int().optional() })),
      /** Instructions in a step. */
      stepInstructions: z.number().int().positive().optional(),
      accessPattern: z.enum(['sequential', 'strided', 'random', 'mixed', 'unknown']),
      /** 0 to 1: the part of accesses less than a cache line (64 bytes) from the one before by the same instruction. */
      spatialLocality: z.number().nullable(),
      /** 0 to 1: 1 − misses per reference, and words for it. */
      tlbEffectiveness: z.number().nullable(),
    })
    .nullable(),
  recommendations: z.array(recommendation),
});
export type MemoryPicture = z.infer<typeof memoryPicture>;

/** Where the guest's instructions went, as a tree of symbols; `self` and `total` count samples. */
export interface ProfileNode {
  readonly symbol: string;
  readonly self: number;
  readonly total: number;
  readonly children: readonly ProfileNode[];
}
export const profileNode: z.ZodType<ProfileNode> = z.object({
  symbol: z.string(), self: z.number().int(), total: z.number().int(), children: z.lazy(() => z.array(profileNode)),
});
export const profile = z.object({
  root: profileNode,
  /** One sample in so many instructions. */
  everyInstructions: z.number().int(),
  /** Samples at addresses without a symbol. */
  unknown: z.number().int(),
  /** Why hardly any sample has callers, so that the tree is one level deep; null where it has. */
  flat: z.string().nullish(),
});
export type Profile = z.infer<typeof profile>;

/** The first time that a symbol was reached. */
export const symbolStamp = z.object({ symbol: z.string(), atNs: z.number(), instructions: z.number().int().nullable(), hits: z.number().int() });
export type SymbolStamp = z.infer<typeof symbolStamp>;

/** The bytes that the numbers were computed from; kept as a blob, so that a reader can compute them again. */
export const traceEvidence = z.object({
  format: z.enum(['petri-trace', 'qemu-log', 'debugger-stops', 'strace', 'bpftrace']),
  /** Null when the run is not kept. */
  digest: digest.nullable(),
  bytes: z.number().int(),
  events: z.number().int(),
  /** Why it ends early, null when it is whole. Counts are of everything, whether it is in the trace or not. */
  cut: z.string().nullable(),
});
export type TraceEvidence = z.infer<typeof traceEvidence>;

/** What event instruments saw in the window of one sample. */
export const sampleMetrics = z.object({
  window: z.object({ fromNs: z.number(), toNs: z.number(), fromInstructions: z.number().int().nullable(), toInstructions: z.number().int().nullable() }),
  logicalTime: z.boolean(),
  readings: z.array(reading),
  symbols: z.array(symbolStamp),
  calls: callTable.nullable(),
  memory: memoryPicture.nullable(),
  profile: profile.nullable(),
  evidence: z.array(traceEvidence),
  /** What went wrong with an instrument; what it gave until then is above. */
  failures: z.array(failure),
  /** The calibration that `calibration` of the readings refers to. */
  calibration: identifier.nullable(),
});
export type SampleMetrics = z.infer<typeof sampleMetrics>;
