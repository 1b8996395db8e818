import type { Sample, TimeOrigin } from '../../contract/measurements.ts';
import { originText, timingOf } from '../measurements/timing.ts';

/** How a sample's times at symbols were taken; null where no symbol was stamped. Older samples have not noted it, nor what calibration said. */
export function symbolOrigin({ timing, provenance, phases }: Sample): TimeOrigin | null {
  const instrument = phases.find(({ symbol }) => symbol !== undefined)?.symbol?.instrument;
  if (instrument === undefined) return null;
  return timing?.symbols ?? timingOf(provenance, { instrument, resolutionNs: null }, () => 'never').symbols;
}

/** The same in a sentence; '' where no symbol was stamped. */
export function symbolOriginWords(sample: Sample): string {
  const origin = symbolOrigin(sample);
  if (origin === null) return '';
  const counted = sample.phases.some(({ symbol }) => symbol?.instructions != null) ? ' Instructions are counted one by one.' : '';
  return `At symbols, by ${origin.instrument}: ${originText(origin)}.${counted}`;
}
