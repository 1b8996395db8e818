import type { Statistics } from '../../../../electron/contract/summaries.ts';
import { amountParts, formatAmount } from '../../../components/amounts.ts';

/** The interval of a median in its unit; where all values are the same it says so, and so it does of fewer than five, which have a range only; nothing for one value. */
export function intervalText({ interval, unit, min, max, count }: Statistics): string {
  if (count < 2) return '';
  if (min === max) return `the same in all ${count}`;
  if (interval !== null) return between(interval, unit);
  // Two ends that are written alike are one.
  return `range of ${count}: ${between({ low: min, high: max }, unit)}`;
}

/** Two numbers with the unit once, where both have the same. */
export function between({ low, high }: { readonly low: number; readonly high: number }, unit: Statistics['unit']): string {
  const [from, to] = [amountParts(low, unit), amountParts(high, unit)];
  // Two ends that are written alike are one.
  if (from.unit === to.unit && from.value === to.value) return formatAmount(high, unit);
  return from.unit === to.unit ? `${from.value} – ${formatAmount(high, unit)}` : `${formatAmount(low, unit)} – ${formatAmount(high, unit)}`;
}
