import type { Run, Subject, UnknownFact } from '../../contract/measurements.ts';

/** What is said of what nobody recorded. */
export const NOT_KNOWN = 'not known';

type OfRun = Pick<Run, 'imported' | 'host'>;

/** False for what the files of an imported run do not say: its fields hold values that mean nothing. */
export function isKnown({ imported }: Pick<Run, 'imported'>, fact: UnknownFact): boolean {
  return imported?.unknown.includes(fact) !== true;
}

export function acceleratorWords(run: Pick<Run, 'imported'>, { accelerator }: Pick<Subject, 'accelerator'>): string {
  return isKnown(run, 'accelerator') ? accelerator : `accelerator ${NOT_KNOWN}`;
}

export function qemuWords(run: Pick<Run, 'imported'>, { qemu }: Pick<Subject, 'qemu'>): string {
  return isKnown(run, 'qemu') ? qemu.version : NOT_KNOWN;
}

/** What the time before the first phase is that of. */
export function beforeWords(run: Pick<Run, 'imported'>): string {
  return isKnown(run, 'machine') ? 'QEMU and firmware' : 'before the first marker';
}

export function processorWords(run: OfRun): string {
  return isKnown(run, 'host') ? run.host.cpuModel : `host ${NOT_KNOWN}`;
}
