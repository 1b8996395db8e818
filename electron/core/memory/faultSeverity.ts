import type { MemoryPicture } from '../../contract/metrics.ts';
import { amount, counted } from './amount.ts';

export type Severity = NonNullable<MemoryPicture['faults']>['severity'];

export interface FaultRates {
  readonly total: number;
  /** Null where they cannot be told from minor ones. */
  readonly major: number | null;
  readonly instructions: number | null;
  readonly seconds: number;
}

interface Thresholds {
  readonly moderate: number;
  readonly high: number;
}

/**
 * With a thousand instructions for a fault without a disk these are 1 % and 10 % of a guest's work. The thousand is a round number for
 * a kernel that clears a page with one string instruction; one that clears it byte by byte, as the built-in guest, needs 23,000.
 */
export const perMillionInstructions: Thresholds = { moderate: 10, high: 100 };
/** At a microsecond for each fault, 1 % and 10 % of the time: used where nobody counts instructions. */
export const perSecond: Thresholds = { moderate: 10_000, high: 100_000 };
/** A rotating disk needs 10 ms for a page, so these are 10 % of the time and all of it. */
export const majorPerSecond: Thresholds = { moderate: 10, high: 100 };

const levels: readonly Severity[] = ['none', 'low', 'moderate', 'high'];

function levelOf(rate: number, { moderate, high }: Thresholds): Severity {
  if (rate <= 0) return 'none';
  if (rate < moderate) return 'low';
  return rate < high ? 'moderate' : 'high';
}

function thresholdWords({ moderate, high }: Thresholds, unit: string): string {
  return `moderate from ${amount(moderate)} and high from ${amount(high)} ${unit} on`;
}

/** How much faults weigh in a window, with the rates, the thresholds and what they mean. The worst of the rates decides. */
export function faultSeverity({ total, major, instructions, seconds }: FaultRates): { readonly severity: Severity; readonly why: string } {
  if (total === 0) return { severity: 'none', why: 'No page fault in the window.' };
  const found: Severity[] = [];
  const words: string[] = [];
  const eachSecond = seconds > 0 ? total / seconds : null;
  if (instructions !== null && instructions > 0) {
    const rate = (total * 1e6) / instructions;
    found.push(levelOf(rate, perMillionInstructions));
    words.push(
      `${counted(total, 'page fault')} in ${amount(instructions)} instructions: ${amount(rate)} per million${eachSecond === null ? '' : `, ${amount(eachSecond)} per second`}.`,
      `It is ${thresholdWords(perMillionInstructions, 'per million')}: with 1,000 instructions for each, 1 % and 10 % of the work.`,
    );
  } else if (eachSecond !== null) {
    found.push(levelOf(eachSecond, perSecond));
    words.push(
      `${counted(total, 'page fault')} in ${amount(seconds)} s: ${amount(eachSecond)} per second.`,
      `It is ${thresholdWords(perSecond, 'per second')}: with 1 µs for each, 1 % and 10 % of the time.`,
    );
  }
  if (major !== null && major > 0 && seconds > 0) {
    found.push(levelOf(major / seconds, majorPerSecond));
    words.push(`${amount(major)} of them waited for a disk, ${amount(major / seconds)} per second: ${thresholdWords(majorPerSecond, 'per second')}, with 10 ms for each.`);
  }
  const severity = levels[Math.max(1, ...found.map((level) => levels.indexOf(level)))] ?? 'low';
  return { severity, why: words.length === 0 ? `${counted(total, 'page fault')}; neither time nor instructions of the window are known.` : words.join(' ') };
}
