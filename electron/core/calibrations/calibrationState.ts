import type { CalibratedInstrument, Calibration } from '../../contract/calibrations.ts';
import type { CalibrationState, MetricName } from '../../contract/metrics.ts';
import type { Architecture } from '../../contract/primitives.ts';

/** What has to be the same for a calibration to speak of a number. */
export interface CalibratedThing {
  readonly instrument: CalibratedInstrument;
  readonly architecture: Architecture;
  readonly hostId: string;
  readonly qemuId: string;
}

/** Metrics that are other names for a calibrated one, or the sum of what it is counted from. */
const sameAs: Partial<Record<MetricName, readonly MetricName[]>> = {
  cacheReferences: ['lastLevelMisses'], cacheMisses: ['lastLevelMisses'], lastLevelReferences: ['lastLevelMisses'], dataTlbMisses: ['tlbLoadMisses', 'tlbStoreMisses'],
};

/** The newest calibration on this host that has rows of this instrument and architecture, with this QEMU; null when there is none. */
export function calibrationOf(newestFirst: readonly Calibration[], { instrument, architecture, hostId, qemuId }: CalibratedThing): Calibration | null {
  return newestFirst.find(({ state, host, qemu, rows }) => state === 'done' && host.id === hostId && qemu.some(({ id }) => id === qemuId) && rows.some((row) => row.instrument === instrument && row.architecture === architecture)) ?? null;
}

/** `out` as soon as one row of the metric is; `never` when no row could be compared. */
export function calibrationState(newestFirst: readonly Calibration[], thing: CalibratedThing, metric: MetricName): CalibrationState {
  const wanted = sameAs[metric] ?? [metric];
  const rows = calibrationOf(newestFirst, thing)?.rows.filter((row) => row.instrument === thing.instrument && row.architecture === thing.architecture && wanted.includes(row.metric) && row.verdict !== 'unavailable') ?? [];
  if (rows.length === 0) return 'never';
  return rows.some(({ verdict }) => verdict === 'out') ? 'out' : 'in';
}

/** For whoever reads a number: what its mark means. `at` is when the calibration began, as a reader's clock shows it. */
export function calibrationWords(state: CalibrationState, instrument: string, at: string | null): string {
  const when = at === null ? '' : ` of ${at}`;
  if (state === 'in') return `In calibration: in the calibration${when} ${instrument} was right about this metric, as far as it is allowed to be wrong, on the built-in guest of this architecture.`;
  if (state === 'out') return `Out of calibration: in the calibration${when} ${instrument} was wrong about this metric on the built-in guest of this architecture, whose truth is known. Do not rely on this number; petri calibrate shows by how much.`;
  return `Not calibrated: ${instrument} was not held against a known truth for this metric on this machine, with this QEMU and this architecture. petri calibrate does it, where the built-in guest knows the truth.`;
}
