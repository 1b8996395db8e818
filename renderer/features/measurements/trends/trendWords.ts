import type { TrendItem } from '../../../../electron/contract/measurements.ts';
import { formatShare, type AmountUnit } from '../../../components/amounts.ts';

/** How much a metric changed at a run: "50.0 % slower", "12.0 % fewer"; "changed" where the level before was zero. */
export function changeWords({ ratio }: NonNullable<TrendItem['change']>, unit: AmountUnit): string {
  if (ratio === null) return 'changed';
  const [more, less] = unit === 'ns' ? ['longer', 'shorter'] : unit === 'perSecond' || unit === 'ratio' ? ['higher', 'lower'] : ['more', 'fewer'];
  return ratio >= 2 ? `${ratio.toFixed(2)} times as ${unit === 'ns' ? 'long' : unit === 'perSecond' || unit === 'ratio' ? 'high' : 'many'}` : `${formatShare(Math.abs(ratio - 1))} ${ratio > 1 ? more : less}`;
}

export function probabilityWords(pValue: number): string {
  return pValue < 0.001 ? 'p\u00a0<\u00a00.001' : `p\u00a0=\u00a0${pValue.toFixed(3)}`;
}
