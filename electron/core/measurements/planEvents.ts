import type { EventPlan, MeasurementKind, StartMeasurement } from '../../contract/measurements.ts';
import type { MemoryModel, MetricName } from '../../contract/metrics.ts';
import { metricsOfKind, modelledMetrics } from './metricNames.ts';

const DURATION_SECONDS = 10;
/** 2 GB: some thirty million events. */
const TRACE_LIMIT_BYTES = 2_000_000_000;

type Wishes = NonNullable<StartMeasurement['events']>;

/** Everything but the instrument, which is chosen by what works; `usualModel` is that of the settings. Null when no events are wanted. */
export function planEvents(kind: MeasurementKind, wishes: Wishes | undefined, usualModel: MemoryModel): Omit<EventPlan, 'instrument'> | null {
  if (kind === 'boot' && wishes === undefined) return null;
  const from = wishes?.from ?? (kind === 'boot' ? 'spawn' : 'lastPhase');
  const load = wishes?.load ?? null;
  const metrics = wishes?.metrics ?? usualMetrics(kind, load !== null);
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

/** Numbers of a load only where there is one; a load may be one of the disk. */
function usualMetrics(kind: MeasurementKind, hasLoad: boolean): readonly MetricName[] {
  const usual = metricsOfKind[kind];
  if (!hasLoad) return usual.filter((metric) => metric !== 'workTime');
  return [...new Set<MetricName>([...usual, 'workRate', 'blockOperations', 'blockBytesRead', 'blockBytesWritten'])];
}
