import { formatBytes, formatDuration, type QuantityParts } from './quantities.ts';

/** The units of readings, summaries and distributions. */
export type AmountUnit = 'count' | 'ns' | 'bytes' | 'pages' | 'perSecond' | 'ratio' | 'instructions';

const suffixes: Readonly<Record<'count' | 'pages' | 'perSecond' | 'instructions', string>> = { count: '', pages: 'pages', perSecond: '/s', instructions: 'instr.' };

/** A count with its thousands apart; what is no whole number has three significant digits. */
export function formatCount(value: number): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 1_000 ? Math.round(value).toString() : value.toPrecision(3);
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number and its unit apart, as `QuantityValue` wants them. */
export function amountParts(value: number, unit: AmountUnit): QuantityParts {
  const [number = '', word = ''] = formatAmount(value, unit).split('\u00a0');
  return { value: number, unit: word };
}

/** A number with its unit after a no-break space. */
export function formatAmount(value: number, unit: AmountUnit): string {
  if (unit === 'ns') return formatDuration(value);
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'ratio') return formatShare(value);
  const suffix = suffixes[unit];
  return suffix === '' ? formatCount(value) : `${formatCount(value)}\u00a0${suffix}`;
}

/** A part of a whole in percent: one decimal, more where it would say 0 or 100 of what is neither. */
export function formatShare(part: number): string {
  const percent = part * 100;
  if (percent >= 1_000) return `${formatCount(Math.round(percent))}\u00a0%`;
  const digits = percent !== 0 && (percent < 0.05 || (percent > 99.95 && percent < 100)) ? 3 : 1;
  return `${percent.toFixed(digits)}\u00a0%`;
}
