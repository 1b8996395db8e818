import type { GuestToWatch, MetricOutlook } from './eventInstrument.ts';
import { isArm } from './qemuLogState.ts';

/** What QEMU's log says of each metric. All of it is counted, and nothing of it is timed. */
export function eventLogOutlook({ architecture, cpus }: Pick<GuestToWatch, 'architecture' | 'cpus'>): MetricOutlook[] {
  const arm = isArm(architecture);
  const seen = (metric: MetricOutlook['metric'], technique: string, reason: string | null): MetricOutlook => ({ metric, certainty: 'measured', technique, resolution: 1, reason });
  const unseen = (metric: MetricOutlook['metric'], reason: string): MetricOutlook => ({ metric, certainty: 'unavailable', technique: 'QEMU’s log of exceptions', resolution: null, reason });
  return [
    architecture === 'x86_64'
      ? unseen('systemCalls', '64-bit programs call by the instruction syscall, which QEMU does not log')
      : seen('systemCalls', `QEMU’s log of exceptions (-d int), ${arm ? 'one entry for each svc' : CALLS_BY_INT}`, arm ? 'the log has no registers: calls are counted and not named' : null),
    seen('pageFaults', `QEMU’s log of exceptions (-d int), ${arm ? 'data and prefetch aborts' : 'vector 14'}`, null),
    seen('interrupts', 'QEMU’s log of exceptions (-d int)', arm ? 'the log does not say which device' : null),
    arm ? unseen('addressSpaceSwitches', 'QEMU does not log loads of TTBR0') : seen('addressSpaceSwitches', 'QEMU’s log of the MMU (-d mmu), loads of CR3', cpus > 1 ? 'the log does not say on which CPU' : null),
  ];
}

/** It stands with the number: a guest that calls by other ways, too, makes more calls than that. */
const CALLS_BY_INT = 'calls by int alone: those by sysenter and syscall are not logged and not in this number';
