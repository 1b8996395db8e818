import type { MemoryModel } from '../../contract/metrics.ts';
import type { ModelCounters } from '../traces/traceEvent.ts';

/** References and misses of one modelled part, loads and stores together. */
export interface Traffic {
  readonly references: number;
  readonly misses: number;
}

export type ModelledPart = Exclude<keyof MemoryModel, 'secondTlb'>;
export const modelledParts: readonly ModelledPart[] = ['l1Data', 'l1Instruction', 'lastLevel', 'dataTlb', 'instructionTlb'];

/** What was counted from one state of the counters to a later one; `workingSetPages` stays that of the later one. */
export function countersBetween(first: ModelCounters, last: ModelCounters): ModelCounters {
  return {
    l1Data: less(last.l1Data, first.l1Data),
    l1Instruction: less(last.l1Instruction, first.l1Instruction),
    lastLevel: less(last.lastLevel, first.lastLevel),
    dataTlb: less(last.dataTlb, first.dataTlb),
    instructionTlb: less(last.instructionTlb, first.instructionTlb),
    ...(last.secondTlb && { secondTlb: less(last.secondTlb, first.secondTlb ?? { references: 0, misses: 0 }) }),
    workingSetPages: last.workingSetPages,
    strides: less(last.strides, first.strides),
  };
}

function less<Counts extends Readonly<Record<keyof Counts, number>>>(from: Counts, amount: Counts): Counts {
  const names = Object.keys(from) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, from[name] - amount[name]])) as Counts;
}

/** References and misses of each part. */
export function trafficOf(counters: ModelCounters): Readonly<Record<ModelledPart, Traffic>> {
  const { l1Data, l1Instruction, lastLevel, dataTlb, instructionTlb } = counters;
  const both = ({ loads, stores, loadMisses, storeMisses }: ModelCounters['l1Data']): Traffic => ({ references: loads + stores, misses: loadMisses + storeMisses });
  return { l1Data: both(l1Data), l1Instruction, lastLevel, dataTlb: both(dataTlb), instructionTlb };
}

/** Misses per reference; null without references. */
export function missRatio({ references, misses }: Traffic): number | null {
  return references === 0 ? null : misses / references;
}

/** The part of references that were hits, for each part that was referred to at all (Hennessy and Patterson, "Computer Architecture", appendix B). */
export function hitRatios(counters: ModelCounters): Partial<Record<ModelledPart, number>> {
  const traffic = trafficOf(counters);
  const ratios: Partial<Record<ModelledPart, number>> = {};
  for (const part of modelledParts) {
    const ratio = missRatio(traffic[part]);
    if (ratio !== null) ratios[part] = 1 - ratio;
  }
  return ratios;
}

/**
 * The part of translations that the two first-level TLBs held: 1 − misses per reference, of data and instructions together. What they
 * do not hold costs a look into the second level or a walk of the page tables. Null without references.
 */
export function tlbEffectiveness(counters: ModelCounters): number | null {
  const { dataTlb, instructionTlb } = trafficOf(counters);
  const ratio = missRatio({ references: dataTlb.references + instructionTlb.references, misses: dataTlb.misses + instructionTlb.misses });
  return ratio === null ? null : 1 - ratio;
}
