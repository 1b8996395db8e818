import { z } from 'zod';
import { procedure } from './procedure.ts';
import { instant, nanoseconds } from './primitives.ts';

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

export const instruments = {
  list: procedure.output(z.array(instrument)),
  /** Measures each instrument's own overhead on the built-in guest. */
  calibrate: procedure.input(z.object({ /** Fewer give no interval. */ boots: z.number().int().min(5).max(100).default(10) })).output(z.array(instrument)),
};
