import type { AcceleratorName, AcceleratorReport } from '../../contract/accelerators.ts';

/** Good hardware first, then TCG, then hardware that boots slowly (when even TCG does not work); then by boot time. */
function rank({ accelerator, verdict }: AcceleratorReport): number {
  if (verdict === 'slow') return 2;
  return accelerator === 'tcg' ? 1 : 0;
}

/** The fastest accelerator that works, or null when none does. */
export function chooseAccelerator(reports: readonly AcceleratorReport[]): AcceleratorName | null {
  const working = reports.filter(({ verdict }) => verdict === 'good' || verdict === 'slow');
  const [best] = working.toSorted((a, b) => rank(a) - rank(b) || (a.bootNs ?? 0) - (b.bootNs ?? 0));
  return best?.accelerator ?? null;
}
