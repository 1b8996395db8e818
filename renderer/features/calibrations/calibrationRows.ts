import type { Calibration, CalibrationEvent, CalibrationRow } from '../../../electron/contract/calibrations.ts';
import { countVerdicts, type VerdictCounts } from '../../../electron/core/calibrations/countVerdicts.ts';
import { formatAmount, formatCount } from '../../components/amounts.ts';

/** A calibration after an event; rows that come again after a reconnect are in its snapshot. */
export function applyCalibration(before: Calibration | null, event: CalibrationEvent): Calibration | null {
  if (event.type === 'row') return before === null ? null : { ...before, rows: [...before.rows, event.row] };
  return event.calibration;
}

/** A number of a row in its unit. */
export function calibrated(value: number | null, unit: CalibrationRow['unit']): string {
  if (value === null) return '—';
  if (unit === 'ratio') return `${(value * 100).toFixed(3)}\u00a0%`;
  if (unit === 'ns') return value < 1_000 ? `${formatCount(Math.round(value))}\u00a0ns` : formatAmount(value, 'ns');
  return unit === 'bytes' ? `${formatCount(value)}\u00a0B` : formatCount(value);
}

/** What an instrument's rows of one guest come to. */
export interface CalibratedGroup {
  readonly instrument: CalibrationRow['instrument'];
  readonly architecture: CalibrationRow['architecture'];
  readonly counts: VerdictCounts;
  /** The largest error as a part of what is allowed, of rows that may be wrong at all; null without any. */
  readonly nearest: number | null;
}

export function groupRows(rows: readonly CalibrationRow[]): CalibratedGroup[] {
  const groups = Map.groupBy(rows, ({ instrument, architecture }) => `${instrument} ${architecture}`);
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const parts = own.flatMap(({ error, tolerance }) => (error === null || tolerance === 0 ? [] : [error / tolerance]));
    return [{ instrument: first.instrument, architecture: first.architecture, counts: countVerdicts(own), nearest: parts.length === 0 ? null : Math.max(...parts) }];
  });
}
