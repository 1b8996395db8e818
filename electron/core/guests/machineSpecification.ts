import type { AcceleratorName } from '../../contract/accelerators.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { MachineSpecification } from './machine.ts';

/** What a definition becomes on this host. */
export interface ResolvedImages {
  readonly accelerator: AcceleratorName;
  readonly cpuModel: string;
  readonly kernelPath: string;
  readonly modules: MachineSpecification['modules'];
}

/** The machine for a definition; what a run adds (sockets, logs, a trace, other kernel arguments) comes last and wins. */
export function machineSpecification(
  definition: GuestDefinition,
  resolved: ResolvedImages,
  run: Pick<MachineSpecification, 'uuid' | 'sockets' | 'serialLogs'> & Partial<MachineSpecification>,
): MachineSpecification {
  const { name, architecture, machine, boot } = definition;
  const { accelerator, cpuModel, kernelPath, modules } = resolved;
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
    trace: null,
    extra: [],
    ...run,
  };
}
