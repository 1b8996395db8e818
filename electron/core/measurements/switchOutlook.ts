import type { MetricOutlook } from '../instruments/eventInstrument.ts';
import type { SymbolTable } from '../symbols/symbolTable.ts';
import type { GuestSystem } from './guestSystem.ts';

/** Where a kernel goes on with another thread, or why that place is not known. */
export type SwitchPlace = { readonly symbol: string; readonly address: bigint } | { readonly missing: string };

/** `whyNoSymbols` says why the kernel has none. */
export function switchPlace({ switchSymbol }: Pick<GuestSystem, 'switchSymbol'>, symbols: Pick<SymbolTable, 'byName' | 'file'> | null, whyNoSymbols: string | null): SwitchPlace {
  if (switchSymbol === null) return { missing: 'at which symbol the kernel of this system goes on with another thread is not known' };
  if (symbols === null) return { missing: whyNoSymbols ?? 'the kernel’s symbols are not known' };
  const address = symbols.byName.get(switchSymbol)?.address;
  return address === undefined ? { missing: `the kernel’s symbols have no ${switchSymbol}, at which kernels of this system go on with another thread` } : { symbol: switchSymbol, address };
}

/** What is to be said of context switches where that place is known, or is not. */
export function outlookOfSwitches(outlook: readonly MetricOutlook[], place: SwitchPlace): readonly MetricOutlook[] {
  return outlook.map((one) => {
    if (one.metric !== 'contextSwitches' || one.certainty === 'unavailable') return one;
    if ('missing' in place) return { ...one, certainty: 'unavailable', resolution: null, reason: place.missing };
    return { ...one, technique: `${one.technique} (${place.symbol})`, reason: null };
  });
}

/** Where the kernel was looked for and never seen to run at the place that its symbols say or at a distance from it. */
export const NEVER_MOVED = 'the kernel chooses its own place at each boot (KASLR), and this instrument did not see which; the plugin does, and `nokaslr` on the kernel’s command line keeps the kernel where its symbols say';
