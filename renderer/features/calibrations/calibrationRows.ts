import type { Calibration, CalibrationEvent, CalibrationRow } from '../../../electron/contract/calibrations.ts';
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
  return formatCount(value);
}

export interface CalibrationCounts {
  readonly in: number;
  readonly out: number;
  readonly unavailable: number;
}

export function countVerdicts(rows: readonly CalibrationRow[]): CalibrationCounts {
  const of = (verdict: CalibrationRow['verdict']): number => rows.filter((row) => row.verdict === verdict).length;
  return { in: of('in'), out: of('out'), unavailable: of('unavailable') };
}
