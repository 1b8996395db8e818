import type { InstrumentName } from '../../contract/instruments.ts';
import type { PhaseStamp, PhaseSymbol, PhaseTable } from '../../contract/measurements.ts';
import type { SymbolEvent } from '../traces/traceEvent.ts';

/**
 * Adds to each phase when its symbol was first reached. The symbol is where a phase begins, and its line comes when its work is done, so
 * both are shown and neither replaces the other; a phase that prints nothing has its symbol only.
 */
export function addPhaseSymbols(stamps: readonly PhaseStamp[], { phases }: PhaseTable, events: Iterable<Pick<SymbolEvent, 'symbol' | 'atNs' | 'instructions'>>, instrument: InstrumentName): PhaseStamp[] {
  const first = new Map<string, PhaseSymbol>();
  for (const { symbol, atNs, instructions } of events) {
    if (!first.has(symbol)) first.set(symbol, { symbol, atNs: Math.max(0, Math.round(atNs)), instructions, instrument });
  }
  const symbolOf = new Map(phases.map(({ name, symbol }) => [name, symbol]));
  return stamps.map((stamp) => {
    const symbol = first.get(symbolOf.get(stamp.name) ?? '');
    return symbol === undefined ? stamp : { ...stamp, symbol };
  });
}
