import type { MemoryModel } from '../../../../electron/contract/metrics.ts';
import type { MemoryRatioName, MemorySummary } from '../../../../electron/contract/summaries.ts';

/** What each ratio of the memory model is a part of. */
export const ratioNotes: Readonly<Record<MemoryRatioName, string>> = {
  l1Data: 'of loads and stores',
  l1Instruction: 'of fetched lines',
  lastLevel: 'of what the first caches missed',
  dataTlb: 'of loads and stores',
  instructionTlb: 'of fetches',
  spatialLocality: 'less than a line from the access before',
  tlbEffectiveness: '1 − misses per reference',
};

export const patternWords: Readonly<Record<NonNullable<MemorySummary['accessPattern']>, string>> = {
  sequential: 'mostly one address after the other',
  strided: 'mostly in steps of the same size',
  random: 'with no order that can be told',
  mixed: 'several patterns, none of them most of the time',
  unknown: 'too few accesses to say',
};

/** One cache or TLB of the model; a TLB has no line. */
export interface ModelRow {
  readonly part: keyof MemoryModel;
  readonly title: string;
  readonly sets: number;
  readonly ways: number;
  readonly lineBytes: number | null;
}

const modelTitles: Readonly<Record<keyof MemoryModel, string>> = {
  l1Data: 'L1 data', l1Instruction: 'L1 instruction', lastLevel: 'Last level', dataTlb: 'Data TLB', instructionTlb: 'Instruction TLB', secondTlb: 'Second TLB',
};

export function modelRows(model: MemoryModel): ModelRow[] {
  return (Object.keys(modelTitles) as (keyof MemoryModel)[]).map((part) => {
    const size = model[part];
    return { part, title: modelTitles[part], sets: size.sets, ways: size.ways, lineBytes: 'lineBytes' in size ? size.lineBytes : null };
  });
}
