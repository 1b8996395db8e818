import type { CalibrationState, Certainty, Reading } from '../../contract/metrics.ts';
import { formatAmount } from '../charts/numbers.ts';

/** How a number was obtained. */
export type Origin = Pick<Reading, 'certainty' | 'unit' | 'instrument' | 'technique' | 'resolution' | 'overhead' | 'calibration' | 'reason'>;

const certaintyWords: Readonly<Record<Certainty, string>> = { measured: 'measured', modelled: 'modelled', unavailable: 'unavailable' };

const calibrationWords: Readonly<Record<CalibrationState, string>> = { in: 'in calibration', out: 'OUT OF CALIBRATION', never: 'not calibrated' };

/** The mark that stands beside a number in narrow tables. */
const calibrationMarks: Readonly<Record<CalibrationState, string>> = { in: 'calibrated', out: 'OUT', never: 'uncalibrated' };

/** `measured by plugin`. */
export function certaintyText({ certainty, instrument }: Origin): string {
  return instrument === null || certainty === 'unavailable' ? certaintyWords[certainty] : `${certaintyWords[certainty]} by ${instrument}`;
}

/** `±1`, the smallest difference that means something; a dash where nobody knows. */
export function resolutionText({ resolution, unit }: Origin): string {
  return resolution === null ? '–' : formatAmount(resolution, unit);
}

/** With the instrument a boot takes so many times as long. */
export function overheadRatioText({ overhead }: Origin): string {
  return overhead === null ? 'not measured' : `×${overhead.toFixed(3)}`;
}

export function calibrationText({ calibration }: Origin): string {
  return calibrationWords[calibration];
}

export function calibrationMark({ calibration, certainty }: Origin): string {
  return certainty === 'unavailable' ? '' : calibrationMarks[calibration];
}
