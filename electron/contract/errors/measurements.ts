import { z } from 'zod';
import { declareError } from './declare.ts';

/** Failures of instruments and measurements. Each keeps the samples that were good. */
export const measurementErrors = {
  INSTRUMENT_UNAVAILABLE: declareError({
    status: 424,
    details: z.object({ instrument: z.string(), reason: z.string() }),
    what: (d) => `The instrument "${d.instrument}" is not available here.`,
    evidence: (d) => [d.reason],
    fix: () => 'Choose another instrument; Petri lists those that work on this machine.',
  }),
  BOOT_SILENT: declareError({
    status: 504,
    details: z.object({ limitSeconds: z.number() }),
    what: (d) => `The guest printed nothing within ${d.limitSeconds} s.`,
    evidence: () => ['0 bytes on its serial port'],
    fix: () => 'Check that its kernel writes to the serial port (console= on its command line), or extend the limit.',
  }),
  BOOT_INCOMPLETE: declareError({
    status: 504,
    details: z.object({ limitSeconds: z.number(), missing: z.array(z.string()), lastLine: z.string() }),
    what: (d) => `The boot did not reach ${d.missing[0] ?? 'its end'} within ${d.limitSeconds} s.`,
    evidence: (d) => [`missing: ${d.missing.join(', ')}`, `last line: ${d.lastLine}`],
    fix: () => 'The last line shows how far it came; extend the limit, or check the phase table. The phases seen are kept.',
  }),
  BOOT_ENDED: declareError({
    status: 500,
    details: z.object({ missing: z.array(z.string()), lastLine: z.string(), exitCode: z.number().int().nullable(), signal: z.string().nullable(), stderrTail: z.string() }),
    what: (d) => `QEMU ended before the guest reached ${d.missing[0] ?? 'its end'}.`,
    evidence: (d) => [
      d.signal === null ? `exit code ${String(d.exitCode)}` : `ended by ${d.signal}`,
      `last line: ${d.lastLine}`,
      ...d.stderrTail.split('\n').filter((line) => line !== '').slice(-4),
    ],
    fix: () => 'The phases seen are kept; run it again to see whether it repeats.',
  }),
  OUTPUT_LIMIT: declareError({
    status: 507,
    details: z.object({ bytes: z.number(), limitBytes: z.number() }),
    what: (d) => `The guest printed more than ${Math.round(d.limitBytes / 1e6)} MB while it booted.`,
    evidence: (d) => [`${d.bytes} bytes on its serial port`],
    fix: () => 'Make the guest less verbose, or raise the limit in the settings. The phases seen are kept.',
  }),
  STAMPS_DISAGREE: declareError({
    status: 500,
    details: z.object({ byteOffset: z.number(), stamped: z.string(), received: z.string() }),
    what: () => 'The time stamps do not belong to the bytes that the guest printed.',
    evidence: (d) => [`at byte ${d.byteOffset}: stamped ${d.stamped}, received ${d.received}`],
    fix: () => 'The sample is not used. Measure with one serial port, and when the host is less busy: a guest that does not wait loses bytes while nobody reads its console.',
  }),
  CLOCK_STEPPED: declareError({
    status: 500,
    details: z.object({ stepMs: z.number() }),
    what: () => 'The machine’s clock was set while the guest booted.',
    evidence: (d) => [`wall clock moved ${d.stepMs} ms against the monotonic clock`],
    fix: () => 'The sample is marked and not used; the next ones are not affected.',
  }),
  RUN_INTERRUPTED: declareError({
    status: 500,
    details: z.object({ run: z.string(), finished: z.number().int(), planned: z.number().int() }),
    what: () => 'The lab ended in the middle of this run.',
    evidence: (d) => [`${d.finished} of ${d.planned} boots are kept`],
    fix: (d) => `Resume the run, in its page or with "petri measure resume ${d.run}": the plan and its order are kept.`,
  }),
  MEMORY_MODEL_REFUSED: declareError({
    status: 400,
    details: z.object({ text: z.string(), word: z.string(), reason: z.string() }),
    what: (d) => `"${d.word}" is no part of a memory model.`,
    evidence: (d) => [d.reason, `in: ${d.text}`],
    fix: () => 'Write for example l1d=64x8x64,dtlb=16x4: sets, ways and, for caches, bytes of a line. Sets and bytes of a line are powers of two.',
  }),
  RUNS_NOT_COMPARABLE: declareError({
    status: 409,
    details: z.object({ reason: z.string() }),
    what: () => 'These measurements cannot be compared.',
    evidence: (d) => [d.reason],
    fix: () => 'Choose two different runs that have phases in common; where the machine, QEMU or an image is another, begin a new run.',
  }),
  NO_SAMPLES: declareError({
    status: 409,
    details: z.object({ run: z.string() }),
    what: () => 'This run has no usable sample.',
    evidence: (d) => [`run ${d.run}`],
    fix: () => 'Run the measurement again; the problem of each boot is in the list of samples.',
  }),
};
