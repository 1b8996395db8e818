import type { AcceleratorName } from '../../contract/accelerators.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { MachineSpecification } from './machine.ts';

/** What a machine has that boots a kernel and nothing else. */
export const noEquipment = {
  disks: [],
  medium: null,
  bootFrom: 'disk',
  display: 'none',
  network: { kind: 'none' },
  share: null,
} as const satisfies Partial<MachineSpecification>;

/** What a definition becomes on this host. */
export interface ResolvedImages {
  readonly accelerator: AcceleratorName;
  readonly cpuModel: string;
  readonly kernelPath: string | null;
  readonly modules: MachineSpecification['modules'];
  readonly disks: MachineSpecification['disks'];
  readonly medium: MachineSpecification['medium'];
  readonly network: MachineSpecification['network'];
  /** The folder itself, not a link to it. */
  readonly share: MachineSpecification['share'];
}

/** The machine for a definition; what a run adds (sockets, logs, a trace, other kernel arguments) comes last and wins. */
export function machineSpecification(
  definition: GuestDefinition,
  resolved: ResolvedImages,
  run: Pick<MachineSpecification, 'uuid' | 'sockets' | 'serialLogs'> & Partial<MachineSpecification>,
): MachineSpecification {
  const { name, architecture, machine, boot, bootFrom, display } = definition;
  const { accelerator, cpuModel, kernelPath, modules, disks, medium, network, share } = resolved;
  const { board, cpus, memoryMiB } = machine;
  return {
    name,
    architecture,
    machine: { board, cpus, memoryMiB },
    accelerator,
    cpuModel,
    kernelPath,
    kernelArguments: boot.arguments,
    modules,
    disks,
    medium,
    bootFrom,
    display,
    network,
    share,
    trace: null,
    extra: [],
    ...run,
  };
}
