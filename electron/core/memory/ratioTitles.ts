import type { MemoryRatioName } from '../../contract/summaries.ts';

/** What each ratio of the memory model is called, wherever it is shown. */
export const memoryRatioTitles: Readonly<Record<MemoryRatioName, string>> = {
  l1Data: 'L1 data hits',
  l1Instruction: 'L1 instruction hits',
  lastLevel: 'Last-level hits',
  dataTlb: 'Data TLB hits',
  instructionTlb: 'Instruction TLB hits',
  spatialLocality: 'Spatial locality',
  tlbEffectiveness: 'TLB effectiveness',
};
