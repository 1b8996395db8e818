import { z } from 'zod';
import { declareError } from './declare.ts';
import { processEvidence, processFailure } from './processes.ts';

/** Failures of the plugin for QEMU's translator, and of the traces that it writes. */
export const pluginErrors = {
  PLUGIN_BUILD_FAILED: declareError({
    status: 500,
    details: processFailure,
    what: (failure) => `The plugin that watches guests could not be built: ${failure.command} refused its source.`,
    evidence: processEvidence,
    fix: () => 'The compiler’s words name the cause; a C compiler of this system (gcc or clang) builds it. Until then the other instruments count what they can.',
  }),
  PLUGIN_REFUSED: declareError({
    status: 424,
    details: z.object({ program: z.string(), reason: z.string() }),
    what: (d) => `${d.program} does not take the plugin that watches guests.`,
    evidence: (d) => d.reason.split('\n').filter((line) => line.trim() !== '').slice(-8),
    fix: () => 'Use QEMU 7.2 to 10.2 with plugins enabled, or another instrument.',
  }),
  PLUGIN_CONTROL_FAILED: declareError({
    status: 502,
    details: z.object({ action: z.string(), reason: z.string() }),
    what: () => 'The plugin in QEMU did not do what it was asked.',
    evidence: (d) => [`${d.action}: ${d.reason}`],
    fix: () => 'What it wrote until then is kept. Look at the last words of QEMU for why it ended.',
  }),
  PLUGIN_CRASHED: declareError({
    status: 502,
    details: z.object({ signal: z.string(), stderrTail: z.string() }),
    what: () => 'QEMU crashed while Petri’s plugin watched its guest.',
    evidence: (d) => [`ended by ${d.signal}`, ...d.stderrTail.split('\n').filter((line) => line.trim() !== '').slice(-4)],
    fix: () => 'What was seen until then is kept. Measure with another instrument: if QEMU lives with that, the plugin is the cause.',
  }),
  TRACE_DAMAGED: declareError({
    status: 422,
    details: z.object({ path: z.string(), offset: z.number().int(), reason: z.string() }),
    what: () => 'The trace of the guest is damaged.',
    evidence: (d) => [d.path, `at byte ${d.offset}: ${d.reason}`],
    fix: () => 'What stands before that place was read and is kept; measure again for the rest.',
  }),
};
