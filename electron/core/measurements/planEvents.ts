import type { EventPlan, MeasurementKind, StartMeasurement } from '../../contract/measurements.ts';
import type { MemoryModel, MetricName } from '../../contract/metrics.ts';
import { metricsOfKind, modelledMetrics } from './metricNames.ts';

/**
 * A small core of about 2012: 32 KiB first caches, 8 MiB last one, 64 + 64 TLB entries and 1536 behind them (Intel 64 and IA-32
 * Architectures Optimization Reference Manual, Haswell: 8 ways of L1, 4 of the data TLB, 12 of the second one).
 */
export const usualModel: MemoryModel = {
  l1Data: { sets: 64, ways: 8, lineBytes: 64 },
  l1Instruction: { sets: 64, ways: 8, lineBytes: 64 },
  lastLevel: { sets: 8_192, ways: 16, lineBytes: 64 },
  dataTlb: { sets: 16, ways: 4 },
  instructionTlb: { sets: 8, ways: 8 },
  secondTlb: { sets: 128, ways: 12 },
};

const DURATION_SECONDS = 10;
/** 2 GB: some thirty million events. */
const TRACE_LIMIT_BYTES = 2_000_000_000;

type Wishes = NonNullable<StartMeasurement['events']>;

/** Everything but the instrument, which is chosen by what works. Null when no events are wanted. */
export function planEvents(kind: MeasurementKind, wishes: Wishes | undefined): Omit<EventPlan, 'instrument'> | null {
  if (kind === 'boot' && wishes === undefined) return null;
  const metrics: readonly MetricName[] = wishes?.metrics ?? metricsOfKind[kind];
  const from = wishes?.from ?? (kind === 'boot' ? 'spawn' : 'lastPhase');
  const load = wishes?.load ?? null;
  const modelled = metrics.some((metric) => modelledMetrics.has(metric));
  return {
    metrics: [...metrics],
    window: { from, durationSeconds: from === 'spawn' ? null : (wishes?.durationSeconds ?? (load === null ? DURATION_SECONDS : null)) },
    load,
    logicalTime: wishes?.logicalTime ?? false,
    model: modelled ? (wishes?.model ?? usualModel) : null,
    profileEvery: wishes?.profileEvery ?? null,
    symbolFile: wishes?.symbolFile ?? null,
    traceLimitBytes: wishes?.traceLimitBytes ?? TRACE_LIMIT_BYTES,
  };
}
