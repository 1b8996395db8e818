import type { CalibrationState, Certainty, Reading } from '../../../electron/contract/metrics.ts';
import { formatAmount } from '../../components/amounts.ts';

/** How a number was obtained: what its badge says. */
export type ReadingOrigin = Pick<Reading, 'certainty' | 'unit' | 'instrument' | 'technique' | 'resolution' | 'overhead' | 'calibration' | 'reason'>;

/** The letters of the badge; its explanation begins with them, so that who speaks to the page can name them. */
export const originLetters: Readonly<Record<Certainty, string>> = { measured: 'M', modelled: 'mod', unavailable: 'n/a' };

const certaintyWords: Readonly<Record<Certainty, string>> = { measured: 'Measured', modelled: 'mod: modelled, not measured', unavailable: 'n/a: unavailable' };

export const calibrationWords: Readonly<Record<CalibrationState, string>> = {
  in: 'in calibration',
  out: 'OUT OF CALIBRATION: the last calibration found a larger error than it allows',
  never: 'not calibrated on this machine',
};

/** All that is to be said of one number, a line for each thing. */
export function explainReading({ certainty, unit, instrument, technique, resolution, overhead, calibration, reason }: ReadingOrigin): string {
  const available = certainty !== 'unavailable';
  return [
    instrument === null || !available ? certaintyWords[certainty] : `${certaintyWords[certainty]} by ${instrument}`,
    technique,
    available && resolution !== null ? `resolution ${formatAmount(resolution, unit)}` : '',
    available ? (overhead === null ? 'its overhead was not measured here' : `with it a ${instrument === 'strace' || instrument === 'bpftrace' ? 'run' : 'boot'} takes ${overhead.toFixed(3)} times as long`) : '',
    available ? calibrationWords[calibration] : '',
    reason ?? '',
  ].filter((line) => line !== '').join('\n');
}
