import { randomUUID } from 'node:crypto';
import type { AcceleratorName, QemuBuild } from '../../contract/accelerators.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { resolveCpuModel } from '../../core/accelerators/cpuModel.ts';
import type { ProbeOutcome } from '../../core/accelerators/judgeProbe.ts';
import { absenceEvidence } from '../../core/accelerators/knownAccelerators.ts';
import { PROVING_PROMPT, type ProvingGuest } from '../../core/accelerators/provingGuest.ts';
import type { MachineSpecification } from '../../core/guests/machine.ts';
import { noEquipment } from '../../core/guests/machineSpecification.ts';
import { inspectAcceleratorDevice } from './acceleratorDevice.ts';
import { bootToPrompt, type BootToPrompt } from './bootToPrompt.ts';
import { createMachineDirectory, type MachineDirectory } from './machineDirectory.ts';

/** The first boot finds QEMU's files not yet in memory, so the better of two counts. */
const BOOTS = 2;

export interface AcceleratorProbe {
  readonly qemu: QemuBuild;
  readonly architecture: Architecture;
  readonly accelerator: AcceleratorName;
  /** What this QEMU was built with. */
  readonly built: readonly AcceleratorName[];
  readonly guest: ProvingGuest;
  readonly kernelPath: string;
  readonly runDirectory: string;
  /** For each boot, from the spawn of QEMU to the prompt. */
  readonly limitMs: number;
  readonly signal?: AbortSignal;
  /** Starts the machine elsewhere than on this host. */
  readonly start?: BootToPrompt['start'];
}

function machineFor({ architecture, accelerator, guest, kernelPath }: AcceleratorProbe, directory: MachineDirectory): MachineSpecification {
  return {
    uuid: randomUUID(),
    name: `proving ${accelerator}`,
    architecture,
    machine: guest.machine,
    cpuModel: resolveCpuModel(guest.machine, architecture, accelerator),
    accelerator,
    kernelPath,
    kernelArguments: '',
    modules: [],
    ...noEquipment,
    sockets: directory.sockets,
    serialLogs: [null],
    trace: null,
    extra: [],
  };
}

async function bootOnce(probe: AcceleratorProbe): Promise<ProbeOutcome> {
  const { qemu, runDirectory, limitMs, signal, start } = probe;
  const directory = await createMachineDirectory(runDirectory);
  const specification = machineFor(probe, directory);
  return bootToPrompt({ program: qemu, specification, directory: directory.path, prompt: PROVING_PROMPT, limitMs, ...(signal && { signal }), ...(start && { start }) });
}

/** What must hold before a boot is worth its time; null when nothing speaks against it. */
async function obstacle({ accelerator, built, qemu }: AcceleratorProbe): Promise<ProbeOutcome | null> {
  if (!built.includes(accelerator)) return { kind: 'absent', evidence: absenceEvidence(accelerator, qemu.program, process.platform), fix: null };
  const state = await inspectAcceleratorDevice(accelerator);
  if (state.kind === 'denied') return state;
  if (state.kind !== 'missing') return null;
  const fix = 'Switch on virtualisation in the firmware and load its kernel module; in a virtual machine, allow nested virtualisation.';
  return { kind: 'absent', evidence: [`${state.path} does not exist`], fix };
}

/** Tries one accelerator on the built-in guest; it ends within its limits and leaves nothing. Throws when cancelled. */
export async function probeAccelerator(probe: AcceleratorProbe): Promise<ProbeOutcome> {
  const stopped = await obstacle(probe);
  if (stopped !== null) return stopped;
  let best: ProbeOutcome | null = null;
  for (let boot = 0; boot < BOOTS; boot += 1) {
    const outcome = await bootOnce(probe);
    if (outcome.kind !== 'booted') return outcome;
    if (best?.kind !== 'booted' || outcome.bootNs < best.bootNs) best = outcome;
  }
  return best ?? { kind: 'absent', evidence: [], fix: null };
}
