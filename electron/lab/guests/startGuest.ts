import type { GuestDefinition } from '../../contract/guests.ts';
import { machineSpecification } from '../../core/guests/machineSpecification.ts';
import type { MachineSpecification } from '../../core/guests/machine.ts';
import { vncSocketOf } from '../../core/guests/qemuArguments.ts';
import { processStartTime } from '../../host/process/processIdentity.ts';
import type { KeptMachine } from '../../host/qemu/adoptMachine.ts';
import { guestUuid } from '../../host/qemu/guestUuid.ts';
import { machineLayout, makeMachineDirectory, type MachineDirectory } from '../../host/qemu/machineDirectory.ts';
import type { Limits } from './limits.ts';
import type { MachinePlace } from './places.ts';
import type { ResolvedGuest } from './resolveGuest.ts';
import { runningGuest, type RunningGuest } from './runningGuest.ts';

/** The machine that a guest gets when it is started: the same each time, down to the paths of its sockets. */
export function guestMachine(definition: GuestDefinition, resolved: ResolvedGuest, runDirectory: string): { specification: MachineSpecification; layout: MachineDirectory } {
  const layout = machineLayout(runDirectory, definition.id, definition.serialPorts);
  const monitor = definition.tcpConsoles.some(({ console }) => console === 'monitor') ? layout.monitorSocket : null;
  const { serialLogs } = layout;
  return { specification: machineSpecification(definition, resolved, { uuid: guestUuid(definition.id), sockets: { ...layout.sockets, monitor }, serialLogs }), layout };
}

export interface GuestStart {
  readonly definition: GuestDefinition;
  readonly resolved: ResolvedGuest;
  readonly runDirectory: string;
  readonly place: MachinePlace;
  readonly limits: Pick<Limits, 'apply'>;
  /** Called with what of the limits cannot be enforced here. */
  readonly onMissing: (missing: readonly string[]) => void;
  /** Whether the machine waits for the memory and devices of a snapshot (`-incoming defer`). */
  readonly incoming: boolean;
  /** Called as soon as there is something to adopt. */
  readonly keep: (machine: KeptMachine) => void;
}

/** Starts a guest's machine, held before its first instruction. */
export async function startGuest({ definition, resolved, runDirectory, place, limits, onMissing, incoming, keep }: GuestStart): Promise<RunningGuest> {
  const { specification, layout } = guestMachine(definition, resolved, runDirectory);
  await makeMachineDirectory(layout);
  const held = incoming ? { ...specification, extra: [...specification.extra, '-incoming', 'defer'] } : specification;
  const machine = await place.start({ program: resolved.program, specification: held, directory: layout.path }, definition);
  const { groups, missing } = await limits.apply(definition, machine.record.pid);
  if (missing.length > 0) onMissing(missing);
  const kept: KeptMachine = {
    record: machine.record,
    uuid: specification.uuid,
    startTime: processStartTime(machine.record.pid) ?? '',
    directory: layout.path,
    qmpSocket: specification.sockets.qmp,
    serialSockets: [...specification.sockets.serial],
    serialLogs: [...(machine.serialLogs ?? layout.serialLogs)],
    vncSocket: vncSocketOf(specification),
    monitorSocket: specification.sockets.monitor,
    groups,
    disks: specification.disks.map(({ id, readOnly }) => ({ id, readOnly })),
  };
  keep(kept);
  return runningGuest(definition, machine, kept);
}
