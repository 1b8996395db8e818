import { z } from 'zod';
import { qemuBuild } from './accelerators.ts';
import { failure } from './errors.ts';
import { hostFingerprint } from './hosts.ts';
import { instrumentName, overhead } from './instruments.ts';
import { metricName } from './metrics.ts';
import { architecture, byIdentifier, identifier, instant } from './primitives.ts';
import { procedure, stream } from './procedure.ts';

/** What can be calibrated: the instruments, and what the readings of disks and of a load's time come from. */
export const calibratedInstrument = z.enum([...instrumentName.options, 'qmp', 'console']);
export type CalibratedInstrument = z.infer<typeof calibratedInstrument>;

/** One instrument held against the built-in guest's own count of one thing. */
export const calibrationRow = z.object({
  instrument: calibratedInstrument,
  architecture,
  metric: metricName,
  /** What exactly: `int 0x21`, `stride 64`, `count_begin to count_end`. */
  what: z.string(),
  unit: z.enum(['count', 'instructions', 'ratio', 'ns', 'bytes']),
  truth: z.number(),
  /** Null when the instrument gave nothing; `says` tells why. */
  measured: z.number().nullable(),
  /** Absolute, in the unit. */
  error: z.number().nullable(),
  /** The largest error with which it is in calibration; 0 for exact. */
  tolerance: z.number().nonnegative(),
  verdict: z.enum(['in', 'out', 'unavailable']),
  says: z.string(),
});
export type CalibrationRow = z.infer<typeof calibrationRow>;

export const calibration = z.object({
  id: identifier,
  startedAt: instant,
  endedAt: instant.nullable(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** Why it ended early, when it is `failed`; the rows until then are kept. */
  failure: failure.nullable().default(null),
  /** The numbers that the guests were told are drawn from it. */
  seed: z.number().int(),
  host: hostFingerprint,
  qemu: z.array(qemuBuild),
  rows: z.array(calibrationRow),
  /** The observer effect of each instrument: interleaved boots with it and without it. */
  overheads: z.array(overhead.extend({ instrument: instrumentName, architecture, /** What of it was switched on: `calls`, `model`, … */ setting: z.string() })),
});
export type Calibration = z.infer<typeof calibration>;

const calibrationEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), calibration }),
  z.object({ type: z.literal('row'), row: calibrationRow }),
  z.object({ type: z.literal('ended'), calibration }),
]);
export type CalibrationEvent = z.infer<typeof calibrationEvent>;

export const calibrations = {
  /** Runs every instrument against the built-in guests, as a task; numbers are drawn at run time. */
  start: procedure
    .input(z.object({ architectures: z.array(architecture).optional(), instruments: z.array(calibratedInstrument).optional(), seed: z.number().int().optional(), boots: z.number().int().min(3).max(100).default(5), overheads: z.boolean().default(true) }))
    .output(calibration),
  cancel: procedure.input(byIdentifier).output(calibration),
  /** The newest first. */
  list: procedure.output(z.array(calibration)),
  get: procedure.input(byIdentifier).output(calibration),
  watch: procedure.input(byIdentifier).output(stream(calibrationEvent)),
};
