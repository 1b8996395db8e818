/** How numbers are written, the same in charts, terminal and documents. */

const NANOSECONDS_PER_MILLISECOND = 1e6;

export function milliseconds(nanoseconds: number): number {
  return nanoseconds / NANOSECONDS_PER_MILLISECOND;
}

/** Milliseconds with three decimals, which is 1 µs: the precision of every table. */
export function formatMilliseconds(nanoseconds: number): string {
  return signed(milliseconds(nanoseconds).toFixed(3));
}

/** An interval in one unit, that of its upper end: `[23.9, 24.8] ms`. */
export function formatInterval({ low, high }: { readonly low: number; readonly high: number }, resolutionNs = 1_000): string {
  const upper = formatDuration(high, resolutionNs);
  const [digits = '', name = ''] = upper.split(' ');
  const unit = units.find((candidate) => candidate.name === name)?.nanoseconds ?? 1;
  const decimals = digits.split('.')[1]?.length ?? 0;
  return `[${signed((low / unit).toFixed(decimals))}, ${digits}] ${name}`;
}

/**
 * A duration to read at a glance: three significant digits with a unit, but never finer than the instrument's
 * resolution (`resolutionNs`, 1 µs unless said otherwise).
 */
export function formatDuration(nanoseconds: number, resolutionNs = 1_000): string {
  const magnitude = Math.abs(nanoseconds);
  const unit = unitFor(magnitude);
  const decimals = Math.min(decimalsFor(magnitude / unit.nanoseconds), decimalsOfStep(resolutionNs / unit.nanoseconds));
  return `${signed((nanoseconds / unit.nanoseconds).toFixed(decimals))} ${unit.name}`;
}

/** A ratio of medians: two decimals, more only where two would say nothing. */
export function formatRatio(ratio: number): string {
  if (ratio >= 100) return ratio.toFixed(0);
  if (ratio >= 10) return ratio.toFixed(1);
  return ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

/** A share as percent with one decimal. */
export function formatPercent(share: number): string {
  return `${signed((share * 100).toFixed(1))} %`;
}

/** A count with its thousands apart; what is no whole number has three significant digits. */
export function formatCount(value: number): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 1_000 ? Math.round(value).toString() : String(Number(value.toPrecision(3)));
  return signed(digits.replace(/\B(?=(\d{3})+$)/g, ','));
}

/** A part of a whole in percent: one decimal, three where it would say 0 or 100 of what is neither. */
export function formatShare(part: number): string {
  const percent = part * 100;
  const digits = percent !== 0 && (percent < 0.05 || (percent > 99.95 && percent < 100)) ? 3 : 1;
  return `${percent.toFixed(digits)} %`;
}

export type AmountUnit = 'count' | 'ns' | 'bytes' | 'pages' | 'perSecond' | 'ratio' | 'instructions';

const suffixes = { count: '', bytes: ' B', pages: ' pages', perSecond: ' /s', instructions: ' instructions' } as const;

/** A number of an instrument with its unit: durations with three digits, bytes and counts whole. */
export function formatAmount(value: number, unit: AmountUnit): string {
  if (unit === 'ns') return formatDuration(value, 1);
  if (unit === 'ratio') return formatShare(value);
  return `${formatCount(value)}${suffixes[unit]}`;
}

const units = [
  { name: 's', nanoseconds: 1e9 },
  { name: 'ms', nanoseconds: 1e6 },
  { name: 'µs', nanoseconds: 1e3 },
] as const;

function unitFor(nanoseconds: number): { name: string; nanoseconds: number } {
  // Rounded to three digits first: 999.9 ms is written as 1.00 s.
  const rounded = Number(nanoseconds.toPrecision(3));
  return units.find((unit) => rounded >= unit.nanoseconds) ?? { name: 'µs', nanoseconds: 1e3 };
}

function decimalsFor(value: number): number {
  const rounded = Number(value.toPrecision(3));
  if (rounded >= 100) return 0;
  return rounded >= 10 ? 1 : 2;
}

function decimalsOfStep(step: number): number {
  return Math.max(0, Math.floor(-Math.log10(step) + 1e-9));
}

/** A true minus sign, which a line break does not take for a hyphen. */
function signed(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text;
}
