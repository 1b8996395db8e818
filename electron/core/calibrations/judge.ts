import type { CalibrationRow } from '../../contract/calibrations.ts';

/** A row without its judgement. */
export interface Comparison extends Omit<CalibrationRow, 'error' | 'verdict' | 'says'> {
  /** What the instrument saw and should not have; it counts as error. */
  readonly strays?: number;
  /** Why nothing was measured, or what else is to be said. */
  readonly remark?: string;
}

/** Says whether an instrument is in calibration for one thing. What was not measured though it should have been is out. */
export function judge({ strays = 0, remark, ...row }: Comparison): CalibrationRow {
  const { truth, measured, tolerance } = row;
  if (measured === null || !Number.isFinite(truth)) return { ...row, measured: null, error: null, verdict: 'out', says: remark ?? 'the instrument gave nothing' };
  const error = Math.abs(measured - truth) + strays;
  const verdict = error <= tolerance ? 'in' : 'out';
  const stray = strays === 0 ? [] : [`${strays} more that were not there`];
  const beyond = verdict === 'in' ? [] : [tolerance === 0 ? 'must be equal' : 'beyond the tolerance'];
  return { ...row, error, verdict, says: [...beyond, ...stray, ...(remark === undefined ? [] : [remark])].join('; ') };
}

/** A row for what an instrument cannot see at all; it is neither in nor out. */
export function unavailableRow(row: Omit<Comparison, 'truth' | 'measured' | 'tolerance' | 'strays' | 'remark'>, says: string): CalibrationRow {
  return { ...row, truth: 0, measured: null, error: null, tolerance: 0, verdict: 'unavailable', says };
}
