import type { Overhead, Provenance } from '../../contract/instruments.ts';
import type { Sample } from '../../contract/measurements.ts';
import type { CallTable, Reading, TraceEvidence } from '../../contract/metrics.ts';
import type { ProgramTrace, TracedTarget } from '../../contract/programs.ts';
import type { EventSummary } from '../../contract/summaries.ts';
import { median } from 'simple-statistics';
import { roundedTimes } from '../calls/roundedTimes.ts';
import { summariseEvents } from '../measurements/summariseEvents.ts';

/** The one side that a trace of programs has, where a run has a guest. */
export const PROGRAMS = 'a';

/** What one window of a trace has seen. */
export interface SeenWindow {
  readonly index: number;
  readonly target: TracedTarget;
  readonly provenance: Provenance;
  readonly startedAt: Date;
  readonly durationNs: number;
  readonly load: number | null;
  readonly calls: CallTable;
  readonly evidence: TraceEvidence;
}

/** A window in the form of a sample of a guest, so that what shows the one shows the other. Phases it has none. */
export function tracedSample({ index, target, provenance, startedAt, durationNs, load, calls, evidence }: SeenWindow): Sample {
  return {
    index, subject: PROGRAMS, warmUp: false, startedAt: startedAt.toISOString(), outcome: evidence.cut === null ? 'complete' : 'incomplete', phases: [], firstByteNs: null, provenance,
    argv: target.kind === 'command' ? [target.command, ...target.args] : [], load, serialDigest: null, serialBytes: 0,
    metrics: {
      window: { fromNs: 0, toNs: durationNs, fromInstructions: null, toInstructions: null }, logicalTime: false, readings: [callReading(calls.total, provenance)],
      symbols: [], calls: inSteps(calls, provenance.resolutionNs), memory: null, profile: null, evidence: [evidence], failures: [], calibration: null,
    },
    failure: null,
  };
}

/** Times in steps of the instrument's clock. */
function inSteps(calls: CallTable, stepNs: number): CallTable {
  return { ...calls, rows: calls.rows.map((row) => ({ ...row, latencyNs: roundedTimes(row.latencyNs, stepNs) })) };
}

function callReading(total: number, { instrument, technique }: Provenance): Reading {
  return { metric: 'systemCalls', certainty: 'measured', value: total, unit: 'count', instrument, technique, resolution: 1, overhead: null, calibration: 'never', reason: null };
}

/** Each number says what taking it costs, once that is known. */
export function withOverhead(samples: readonly Sample[], overhead: Overhead | null): Sample[] {
  if (overhead === null) return [...samples];
  return samples.map((sample) => (sample.metrics === null ? sample : { ...sample, metrics: { ...sample.metrics, readings: sample.metrics.readings.map((reading) => ({ ...reading, overhead: overhead.ratio })) } }));
}

export function traceFigures(samples: readonly Sample[]): ProgramTrace['figures'] {
  const totals = samples.flatMap(({ metrics }) => metrics?.calls?.total ?? []);
  const durations = samples.flatMap(({ metrics }) => (metrics === null ? [] : [metrics.window.toNs]));
  return { samples: samples.length, systemCalls: totals.length === 0 ? null : median(totals), durationNs: durations.length === 0 ? null : Math.round(median(durations)) };
}

/** Medians with intervals over the samples of a trace, as of a guest's; null before the first. */
export function summariseTrace({ seed, overhead, provenance }: Pick<ProgramTrace, 'seed' | 'overhead' | 'provenance'>, samples: readonly Sample[]): EventSummary | null {
  // Of a run's plan only the seed is looked at.
  const summary = summariseEvents({ plan: { seed } as Parameters<typeof summariseEvents>[0]['plan'] }, withOverhead(samples, overhead));
  if (summary === null) return null;
  // Those of all samples together come of the histograms again.
  const ranking = summary.ranking.map((call) => ({ ...call, latencyNs: roundedTimes(call.latencyNs, provenance.resolutionNs) }));
  return { ...summary, ranking, calls: summary.calls === null ? null : inSteps(summary.calls, provenance.resolutionNs) };
}
