import type { InstrumentName, Provenance } from '../../contract/instruments.ts';
import type { Sample, TimeOrigin } from '../../contract/measurements.ts';
import type { CalibrationState } from '../../contract/metrics.ts';
import { formatDuration } from '../charts/numbers.ts';

/** What calibration says of an instrument's times on such a guest. */
export type CalibrationOfTimes = (instrument: InstrumentName) => CalibrationState;

const techniques: Partial<Record<InstrumentName, string>> = {
  plugin: 'stamped by the plugin inside QEMU when the symbol’s first instruction is reached',
  gdbstub: 'stamped when QEMU’s debugger port reports the stop at the symbol',
};
/** The plugin reads the host's clock, which counts nanoseconds. */
const CLOCK_NS = 1;

/** How the times of a boot were taken: at lines by the serial instrument, at symbols by the event instrument, null where it reached none. */
export function timingOf(lines: Provenance, symbols: { readonly instrument: InstrumentName; readonly resolutionNs: number | null } | null, calibration: CalibrationOfTimes): NonNullable<Sample['timing']> {
  const { instrument, technique, resolutionNs } = lines;
  return {
    lines: { instrument, technique, resolutionNs, calibration: calibration(instrument) },
    symbols: symbols === null ? null : {
      instrument: symbols.instrument,
      technique: techniques[symbols.instrument] ?? `stamped by ${symbols.instrument}`,
      resolutionNs: symbols.instrument === 'plugin' ? CLOCK_NS : symbols.resolutionNs,
      calibration: calibration(symbols.instrument),
    },
  };
}

const marks: Readonly<Record<CalibrationState, string>> = { in: 'calibrated', out: 'OUT OF CALIBRATION', never: 'not calibrated' };

/** Technique, step and mark in one phrase. */
export function originText({ technique, resolutionNs, calibration }: TimeOrigin): string {
  return `${technique}; ${resolutionNs === null ? 'of no known resolution' : `in steps of ${resolutionNs < 1_000 ? `${Math.round(resolutionNs)} ns` : formatDuration(resolutionNs, 1)}`}, ${marks[calibration]}`;
}
