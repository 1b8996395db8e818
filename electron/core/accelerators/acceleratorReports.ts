import { acceleratorName, type AcceleratorChoice, type AcceleratorName, type AcceleratorReport } from '../../contract/accelerators.ts';
import { explain, type Failure } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { chooseAccelerator } from './chooseAccelerator.ts';

/** TCG first: the others are compared with it. */
export const probeOrder: readonly AcceleratorName[] = ['tcg', ...acceleratorName.options.filter((name) => name !== 'tcg')];

/** One architecture's reports in the order of the contract, with the choice that follows from them. */
export function completeChoice(architecture: Architecture, reports: readonly AcceleratorReport[]): AcceleratorChoice {
  const place = ({ accelerator }: AcceleratorReport): number => acceleratorName.options.indexOf(accelerator);
  return { architecture, chosen: chooseAccelerator(reports), reports: reports.toSorted((a, b) => place(a) - place(b)) };
}

/** When nothing could be tried at all (no QEMU, an old one, no built-in guest): every accelerator says why. */
export function untriedChoice(architecture: Architecture, failure: Failure, testedAt: string): AcceleratorChoice {
  const { what, evidence, fix } = explain(failure);
  const verdict: AcceleratorReport['verdict'] = failure.code === 'QEMU_MISSING' ? 'absent' : 'broken';
  const unknown = { bootNs: null, tcgBootNs: null, command: null, cpuModel: '', qemu: null } as const;
  const report = { architecture, verdict, ...unknown, evidence: [what, ...evidence], fix, testedAt } satisfies Omit<AcceleratorReport, 'accelerator'>;
  return { architecture, chosen: null, reports: acceleratorName.options.map((accelerator) => ({ ...report, accelerator })) };
}
