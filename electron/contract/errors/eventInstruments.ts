import { z } from 'zod';
import { declareError } from './declare.ts';

/** Failures of the instruments that watch a guest through QEMU's debugger port and its own log. */
export const eventInstrumentErrors = {
  PROBES_TOO_MANY: declareError({
    status: 400,
    details: z.object({ wanted: z.number().int(), limit: z.number().int() }),
    what: (d) => `At most ${d.limit} symbols can be watched through QEMU’s debugger port.`,
    evidence: (d) => [`${d.wanted} were wanted; each stops the whole guest when it is reached`],
    fix: () => 'Choose fewer symbols, or use the plugin, which stops nothing.',
  }),
  DEBUGGER_FAILED: declareError({
    status: 502,
    details: z.object({ action: z.string(), reason: z.string() }),
    what: () => 'QEMU’s debugger port did not do what it was asked.',
    evidence: (d) => [`${d.action}: ${d.reason}`],
    fix: () => 'The symbols that were seen are kept and the guest goes on. A debugger that is connected already must let go first.',
  }),
  GUEST_REBOOTED: declareError({
    status: 409,
    details: z.object({ seen: z.array(z.string()) }),
    what: () => 'The guest rebooted while it was watched.',
    evidence: (d) => [d.seen.length === 0 ? 'nothing was seen before' : `seen before: ${d.seen.join(', ')}`],
    fix: () => 'What was seen before the reboot is kept; the second boot would be mixed with the first. Look at the console for why it rebooted.',
  }),
  TRACE_CUT: declareError({
    status: 507,
    details: z.object({ limitBytes: z.number().int(), events: z.number().int() }),
    what: (d) => `The trace reached its limit of ${Math.round(d.limitBytes / 1e6)} MB and was cut.`,
    evidence: (d) => [`${d.events} events were read before`],
    fix: () => 'What was read is kept and whole up to the cut. Watch a shorter window, fewer kinds of events, or raise the limit.',
  }),
  TRACE_LET_GO: declareError({
    status: 410,
    details: z.object({ digest: z.string(), at: z.string(), limitBytes: z.number() }),
    what: () => 'The trace behind this sample was let go to make room for newer ones.',
    evidence: (d) => [`SHA-256 ${d.digest}`, `at ${d.at}, with room for ${Math.round(d.limitBytes / 1e6)} MB of traces`],
    fix: () => 'The sample keeps its numbers and its serial bytes. To keep more traces raise "Traces kept" in the settings, and measure again.',
  }),
  LOGICAL_TIME_REFUSED: declareError({
    status: 409,
    details: z.object({ reason: z.string() }),
    what: () => 'This guest cannot run in logical time.',
    evidence: (d) => [d.reason],
    fix: () => 'Choose the accelerator TCG and one CPU, or measure in real time.',
  }),
};
