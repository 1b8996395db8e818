import { z } from 'zod';
import { memoryModel, type MemoryModel } from './metrics.ts';
import { procedure, subscription } from './procedure.ts';

const megabytes = 1_000_000;

/**
 * A core of about 2015, and none in particular: first caches of 32 KiB in 8 ways, a last one of 8 MiB, 64 + 64 TLB entries and 1536 behind
 * them (sizes of Intel's Skylake, Intel 64 and IA-32 Architectures Optimization Reference Manual; its instruction TLB has 128).
 */
const usualModel: MemoryModel = {
  l1Data: { sets: 64, ways: 8, lineBytes: 64 },
  l1Instruction: { sets: 64, ways: 8, lineBytes: 64 },
  lastLevel: { sets: 8_192, ways: 16, lineBytes: 64 },
  dataTlb: { sets: 16, ways: 4 },
  instructionTlb: { sets: 8, ways: 8 },
  secondTlb: { sets: 128, ways: 12 },
};

/** The lab's settings. Every default is here and nowhere else. */
export const settings = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** How long a boot may take before its sample is closed with what was seen. */
  bootTimeLimitSeconds: z.number().int().min(1).max(86_400).default(120),
  /** How much a guest may print during one measured boot. */
  bootOutputLimitBytes: z.number().int().min(1_000).max(2_000 * megabytes).default(16 * megabytes),
  /** How much of a console is kept; the oldest bytes go first and the gap is shown. */
  consoleRetentionBytes: z.number().int().min(megabytes).max(10_000 * megabytes).default(256 * megabytes),
  /** How much all traces of measurements may have together; the oldest go first, and say so. */
  traceRetentionBytes: z.number().int().min(megabytes).max(10_000_000 * megabytes).default(20_000 * megabytes),
  /** How long an accelerator may take to boot the built-in guest before it has lost. */
  acceleratorTimeLimitSeconds: z.number().int().min(1).max(600).default(10),
  /** Default plan of a boot measurement. */
  measurementRuns: z.number().int().min(1).max(1_000).default(10),
  measurementWarmUps: z.number().int().min(0).max(100).default(1),
  /** The caches and TLBs that the memory model stands for, where a measurement does not name its own. */
  memoryModel: memoryModel.default(usualModel),
  /** QEMU programs other than those on PATH, by architecture. */
  qemuPrograms: z.partialRecord(z.enum(['i386', 'x86_64', 'arm', 'aarch64']), z.string()).default({}),
  /** The Docker context whose engine is used; null is the one that Docker's own command line would use. */
  dockerEngine: z.string().min(1).nullable().default(null),
  /** Memory that guests leave to the host: a start that would take it is refused. */
  hostMemoryReserveMiB: z.number().int().min(0).max(1_048_576).default(512),
  /** Consoles announce new lines to screen readers. */
  screenReaderMode: z.boolean().default(false),
});
export type Settings = z.infer<typeof settings>;

type Defaulted = typeof settings.shape;
type WithoutDefaults = { [Name in keyof Defaulted]: z.ZodOptional<ReturnType<Defaulted[Name]['unwrap']>> };

/** Some of the settings. Zod's `partial()` would fill in the defaults of all others and so reset them. */
export const settingsChange = z.object(
  Object.fromEntries(Object.entries(settings.shape).map(([name, schema]) => [name, schema.unwrap().optional()])) as WithoutDefaults,
);
export type SettingsChange = z.infer<typeof settingsChange>;

export const settingsContract = {
  get: procedure.output(settings),
  update: procedure.input(settingsChange).output(settings),
  reset: procedure.output(settings),
  watch: subscription(settings),
};
