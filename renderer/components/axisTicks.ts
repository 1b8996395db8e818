import { marks, markText, type LinearAxis } from '../../electron/core/charts/axis.ts';
import { amountParts, formatAmount, type AmountUnit } from './amounts.ts';

export interface Tick {
  readonly value: number;
  readonly text: string;
}

const nsOf: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, µs: 1e3, ns: 1 };

/** The marks of an axis with the unit of its end at each, and no more decimals than its step has; zero needs no unit. */
export function axisTicks(axis: LinearAxis, unit: AmountUnit): Tick[] {
  const name = unit === 'ns' ? amountParts(axis.max, unit).unit : '';
  const scale = nsOf[name];
  const words = (value: number): string => (scale === undefined ? formatAmount(value, unit) : `${markText(value / scale, axis.step / scale)}\u00a0${name}`);
  return marks(axis).map((value) => ({ value, text: value === 0 ? '0' : words(value) }));
}
