import type { GuestDefinition } from '../../contract/guests.ts';
import { machineSpecification } from '../../core/guests/machineSpecification.ts';
import type { MachineSpecification } from '../../core/guests/machine.ts';
import { processStartTime } from '../../host/process/processIdentity.ts';
import type { KeptMachine } from '../../host/qemu/adoptMachine.ts';
import { guestUuid } from '../../host/qemu/guestUuid.ts';
import { machineLayout, makeMachineDirectory, type MachineDirectory } from '../../host/qemu/machineDirectory.ts';
import { startMachine } from '../../host/qemu/startMachine.ts';
import type { ResolvedGuest } from './resolveGuest.ts';
import { runningGuest, type RunningGuest } from './runningGuest.ts';

/** The machine that a guest gets when it is started: the same each time, down to the paths of its sockets. */
export function guestMachine(definition: GuestDefinition, resolved: ResolvedGuest, runDirectory: string): { specification: MachineSpecification; layout: MachineDirectory } {
  const layout = machineLayout(runDirectory, definition.id);
  const { sockets, serialLogs } = layout;
  return { specification: machineSpecification(definition, resolved, { uuid: guestUuid(definition.id), sockets, serialLogs }), layout };
}

/** Starts a guest's machine, held before its first instruction. `keep` is called as soon as there is something to adopt. */
export async function startGuest(
  definition: GuestDefinition,
  resolved: ResolvedGuest,
  runDirectory: string,
  keep: (machine: KeptMachine) => void,
): Promise<RunningGuest> {
  const { specification, layout } = guestMachine(definition, resolved, runDirectory);
  await makeMachineDirectory(layout);
  const machine = await startMachine({ program: resolved.program, specification, directory: layout.path });
  const kept: KeptMachine = {
    record: machine.record,
    uuid: specification.uuid,
    startTime: processStartTime(machine.record.pid) ?? '',
    directory: layout.path,
    qmpSocket: layout.sockets.qmp,
    serialSockets: [...layout.sockets.serial],
    serialLogs: layout.serialLogs,
  };
  keep(kept);
  return runningGuest(definition, machine, kept);
}
