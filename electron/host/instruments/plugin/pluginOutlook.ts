import type { MetricName } from '../../../contract/metrics.ts';
import type { MetricOutlook } from '../../../core/instruments/eventInstrument.ts';
import { amount } from '../../../core/memory/amount.ts';
import { WORKING_SET_STEP } from '../../../core/memory/workingSet.ts';
import type { PluginAbilities } from './probePlugin.ts';

const modelled: readonly MetricName[] = [
  'cacheReferences', 'cacheMisses', 'l1DataReferences', 'l1DataMisses', 'l1InstructionReferences', 'l1InstructionMisses', 'lastLevelReferences', 'lastLevelMisses',
  'tlbLoadMisses', 'tlbStoreMisses', 'dataTlbMisses', 'instructionTlbMisses',
];

const counted: readonly { readonly metric: MetricName; readonly technique: string; readonly reason: string | null }[] = [
  { metric: 'systemCalls', technique: 'plugin at the call instruction and at the kernel’s entry', reason: null },
  { metric: 'ipcRoundTrips', technique: 'plugin at calls and returns, paired by process', reason: null },
  { metric: 'pageFaults', technique: 'plugin at the page fault handler’s first instruction', reason: null },
  { metric: 'addressSpaceSwitches', technique: 'plugin at each load of the address space register', reason: null },
  { metric: 'contextSwitches', technique: 'plugin at the kernel’s switch symbol', reason: 'only where that symbol is known' },
  { metric: 'interrupts', technique: 'plugin at the interrupt handlers’ first instructions', reason: null },
];

const unseen: readonly MetricName[] = ['minorPageFaults', 'majorPageFaults'];

/** What the plugin can say of each metric. Counts are exact; what calibration made of that stands elsewhere. */
export function pluginOutlook({ registers, decodes }: PluginAbilities): MetricOutlook[] {
  const seesKernel = registers && decodes;
  const missing = 'this QEMU exports no function that reads the guest’s registers';
  return [
    { metric: 'instructions', certainty: 'measured', technique: 'plugin: instructions counted in the translated code', resolution: 1, reason: null },
    ...counted.map(({ metric, technique, reason }): MetricOutlook =>
      seesKernel ? { metric, certainty: 'measured', technique, resolution: 1, reason } : { metric, certainty: 'unavailable', technique, resolution: null, reason: missing },
    ),
    ...unseen.map((metric): MetricOutlook => ({ metric, certainty: 'unavailable', technique: 'plugin', resolution: null, reason: 'from outside, a fault does not show whether a disk was read for it' })),
    ...modelled.map((metric): MetricOutlook => ({ metric, certainty: 'modelled', technique: 'a model of caches and TLBs, fed by the plugin', resolution: 1, reason: null })),
    { metric: 'workingSet', certainty: 'modelled', technique: `plugin: distinct 4 KiB pages in each ${amount(WORKING_SET_STEP)} instructions, median of the steps`, resolution: 1, reason: null },
  ];
}
