import type { InstrumentName } from '../../contract/instruments.ts';
import type { Sample } from '../../contract/measurements.ts';

/** How an instrument comes to the time of a symbol, and the smallest difference of two such times that means something. */
export interface SymbolOrigin {
  readonly technique: string;
  /** In ns; null where nobody knows. */
  readonly resolutionNs: number | null;
}

/** A stop at a breakpoint takes about so long on this machine (host/instruments/gdbstub). */
const STOP_NS = 500_000;

export function symbolOrigin(instrument: InstrumentName): SymbolOrigin {
  if (instrument === 'plugin') return { technique: 'stamped by the plugin inside QEMU when the symbol’s first instruction is reached', resolutionNs: 1 };
  if (instrument === 'gdbstub') return { technique: 'stamped when QEMU’s debugger port reports the stop at the symbol', resolutionNs: STOP_NS };
  return { technique: `stamped by ${instrument}`, resolutionNs: null };
}

/** The same of a sample's phases in a sentence; null where no symbol was stamped. */
export function symbolOriginWords({ phases }: Sample): string | null {
  const instrument = phases.find(({ symbol }) => symbol !== undefined)?.symbol?.instrument;
  if (instrument === undefined) return null;
  const { technique, resolutionNs } = symbolOrigin(instrument);
  const counted = phases.some(({ symbol }) => symbol?.instructions != null) ? '; instructions are counted one by one' : '';
  return `At symbols: ${technique} (${instrument}), ${resolutionNs === null ? 'of no known resolution' : `to ${resolutionNs === 1 ? '1 ns of the host’s clock' : 'about 500 µs, a stop'}`}${counted}.`;
}
