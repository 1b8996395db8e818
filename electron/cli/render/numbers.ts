import type { Reading } from '../../contract/metrics.ts';
import type { Statistics } from '../../contract/summaries.ts';
import { formatDuration, formatPercent } from '../../core/charts/numbers.ts';
import { formatBytes } from '../run/bytes.ts';

/** A count with its thousands apart, or three significant digits of what is no whole number. */
export function numberText(value: number): string {
  const rounded = Number.isInteger(value) || Math.abs(value) >= 1_000 ? Math.round(value).toString() : value.toPrecision(3);
  return rounded.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number with its unit. */
export function valueText(value: number, unit: Statistics['unit'] | Reading['unit']): string {
  switch (unit) {
    case 'ns':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'pages':
      return `${numberText(value)} ${value === 1 ? 'page' : 'pages'}`;
    case 'perSecond':
      return `${numberText(value)} /s`;
    case 'ratio':
      return formatPercent(value);
    case 'count':
      return numberText(value);
  }
}

/** The interval of a median in its unit; `the same` where all values are the same, the range of fewer than five, which is no interval, and nothing for one. */
export function intervalText({ interval, unit, min, max, count }: Statistics): string {
  if (count > 1 && min === max) return `the same in all ${count}`;
  if (interval === null) return count === 1 ? '' : `range of ${count}: ${valueText(min, unit)} to ${valueText(max, unit)}`;
  return `[${valueText(interval.low, unit)}, ${valueText(interval.high, unit)}]`;
}

/** A median and its interval in one line: `7 [5, 9]`, `7, range of 2: 5 to 9`, `7, the same in all 3`. */
export function withInterval(median: string, statistics: Statistics): string {
  const interval = intervalText(statistics);
  if (interval === '') return median;
  return `${median}${interval.startsWith('[') ? '' : ','} ${interval}`;
}
