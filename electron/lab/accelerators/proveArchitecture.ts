import { join } from 'node:path';
import type { AcceleratorChoice, AcceleratorReport, QemuBuild } from '../../contract/accelerators.ts';
import { completeChoice, probeOrder } from '../../core/accelerators/acceleratorReports.ts';
import { resolveCpuModel } from '../../core/accelerators/cpuModel.ts';
import { judgeProbe } from '../../core/accelerators/judgeProbe.ts';
import { provingGuests, type ProvenArchitecture } from '../../core/accelerators/provingGuest.ts';
import { listBuiltAccelerators } from '../../host/qemu/acceleratorHelp.ts';
import { inspectImage } from '../../host/qemu/inspectImage.ts';
import { probeAccelerator } from '../../host/qemu/probeAccelerator.ts';
import type { RunningTask } from '../tasks/tasks.ts';

export interface Proof {
  readonly architecture: ProvenArchitecture;
  readonly qemu: QemuBuild;
  /** For each boot. */
  readonly limitMs: number;
  readonly imagesDirectory: string;
  readonly runDirectory: string;
  readonly task: RunningTask;
}

/** Tries every accelerator of an architecture, one after the other. Throws the IMAGE_ errors and PROCESS_FAILED. */
export async function proveArchitecture({ architecture, qemu, limitMs, imagesDirectory, runDirectory, task }: Proof): Promise<AcceleratorChoice> {
  const guest = provingGuests[architecture];
  const kernelPath = join(imagesDirectory, guest.kernel);
  await inspectImage(kernelPath, { kind: 'kernel', architecture });
  const built = await listBuiltAccelerators(qemu, limitMs);
  const reports: AcceleratorReport[] = [];
  let tcgBootNs: number | null = null;
  for (const accelerator of probeOrder) {
    task.report({ phase: accelerator, done: reports.length });
    const outcome = await probeAccelerator({ qemu, architecture, accelerator, built, guest, kernelPath, runDirectory, limitMs, signal: task.signal });
    if (accelerator === 'tcg' && outcome.kind === 'booted') tcgBootNs = outcome.bootNs;
    const cpuModel = resolveCpuModel(guest.machine, architecture, accelerator);
    reports.push({ accelerator, architecture, ...judgeProbe(accelerator, outcome, tcgBootNs), cpuModel, qemu, testedAt: new Date().toISOString() });
  }
  return completeChoice(architecture, reports);
}
