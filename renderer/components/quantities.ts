import { quote } from '../../electron/core/reports/command.ts';

/** A number and its unit, as they stand beside each other. */
export interface QuantityParts {
  readonly value: string;
  readonly unit: string;
}

const durationUnits = [
  { unit: 's', ns: 1e9 },
  { unit: 'ms', ns: 1e6 },
  { unit: 'µs', ns: 1e3 },
  { unit: 'ns', ns: 1 },
] as const;

/** Three to four significant digits in the unit that suits: 1234567 → 1.235 ms. Whole nanoseconds get no fraction. */
export function durationParts(ns: number): QuantityParts {
  const size = Math.abs(ns);
  const scale = durationUnits.find((unit) => size >= unit.ns) ?? durationUnits[3];
  const amount = ns / scale.ns;
  const digits = scale.ns === 1 ? 0 : Math.abs(amount) >= 100 ? 1 : Math.abs(amount) >= 10 ? 2 : 3;
  return { value: amount.toFixed(digits), unit: scale.unit };
}

/** The same as one string, with a no-break space. */
export function formatDuration(ns: number): string {
  const { value, unit } = durationParts(ns);
  return `${value}\u00a0${unit}`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes in powers of 1024. */
export function formatBytes(bytes: number): string {
  const exponent = bytes < 1024 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** exponent;
  const digits = exponent === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits)}\u00a0${byteUnits[exponent] ?? 'B'}`;
}

const padded = (amount: number, digits = 2): string => String(amount).padStart(digits, '0');

/** Time since a start for a person who waits: 7 s, 2 min 05 s, 1 h 02 min. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 60) return `${seconds}\u00a0s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}\u00a0min ${padded(seconds % 60)}\u00a0s`;
  return `${Math.floor(minutes / 60)}\u00a0h ${padded(minutes % 60)}\u00a0min`;
}

/** How exactly a time of day is written. */
export type ClockPrecision = 'minutes' | 'seconds' | 'milliseconds';

/** The date in the time zone of this place, as ISO 8601 writes it: 2026-03-09. */
export function formatDate(at: Date): string {
  return `${at.getFullYear()}-${padded(at.getMonth() + 1)}-${padded(at.getDate())}`;
}

/** The time of day in the time zone of this place: 09:05:07. */
export function formatClock(at: Date, precision: ClockPrecision = 'seconds'): string {
  const minutes = `${padded(at.getHours())}:${padded(at.getMinutes())}`;
  if (precision === 'minutes') return minutes;
  return `${minutes}:${padded(at.getSeconds())}${precision === 'seconds' ? '' : `.${padded(at.getMilliseconds(), 3)}`}`;
}

/** When something happened: the time for today, else the date and the time. */
export function formatInstant(iso: string, now = new Date()): string {
  const at = new Date(iso);
  return at.toDateString() === now.toDateString() ? formatClock(at) : `${formatDate(at)} ${formatClock(at, 'minutes')}`;
}

/** The same with its date and milliseconds, whatever day it is. */
export function formatExactInstant(iso: string): string {
  const at = new Date(iso);
  return `${formatDate(at)} ${formatClock(at, 'milliseconds')}`;
}

/** A command as a person would type it. */
export function formatCommand(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

/** The same folded for the eye: an option and its values a line. */
export function commandLines(argv: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [index, word] of argv.entries()) {
    if (index === 0 || (word.startsWith('-') && word.length > 1)) lines.push(quote(word));
    else lines[lines.length - 1] = `${lines.at(-1) ?? ''} ${quote(word)}`;
  }
  return lines;
}
