import type { AcceleratorName } from '../../contract/accelerators.ts';
import type { DiskBus, Display, MachineDefinition } from '../../contract/catalog.ts';
import type { DiskFormat } from '../../contract/disks.ts';
import type { Failure } from '../../contract/errors.ts';
import type { GuestNetwork, MachineRecord, PortForward, Share } from '../../contract/guests.ts';
import type { Architecture } from '../../contract/primitives.ts';

/** A disk in a drive of a machine. `node` is the name by which QEMU's monitor knows its newest layer. */
export interface MachineDisk {
  readonly id: string;
  readonly path: string;
  readonly format: DiskFormat;
  readonly bus: DiskBus;
  readonly readOnly: boolean;
}

/** A guest's network as QEMU gets it: every forward has its port by now. */
export type MachineNetwork = Exclude<GuestNetwork, { kind: 'user' }> | (Omit<Extract<GuestNetwork, { kind: 'user' }>, 'forwards'> & { readonly forwards: readonly (PortForward & { readonly hostPort: number })[] });

/** Unix sockets on which QEMU listens: its QMP, one for each serial port, its screen, and the monitor for people (HMP). */
export interface MachineSockets {
  readonly qmp: string;
  readonly serial: readonly string[];
  /** Used when there is a display. */
  readonly vnc: string | null;
  /** Null when nobody wants it. */
  readonly monitor: string | null;
}

/** All that decides QEMU's command line. Every path is absolute; `cpuModel` is resolved, never `auto`. */
export interface MachineSpecification {
  readonly uuid: string;
  readonly name: string;
  readonly architecture: Architecture;
  readonly machine: Omit<MachineDefinition, 'cpuModel'>;
  readonly cpuModel: string;
  readonly accelerator: AcceleratorName;
  /** Null when firmware boots from the medium or a disk. */
  readonly kernelPath: string | null;
  readonly kernelArguments: string;
  readonly modules: readonly { readonly path: string; readonly arguments: string }[];
  readonly disks: readonly MachineDisk[];
  /** Whether the machine has a CD drive, and what is in it. */
  readonly medium: { readonly path: string | null } | null;
  readonly bootFrom: 'disk' | 'medium';
  readonly display: Display;
  readonly network: MachineNetwork;
  /** Where forwards come in: 127.0.0.1 when it is not said; every address in a container, of which the engine publishes the ports. */
  readonly forwardAddress?: string;
  readonly share: Share | null;
  readonly sockets: MachineSockets;
  /** One for each serial socket: the file in which QEMU itself keeps what the guest printed, or null. */
  readonly serialLogs: readonly (string | null)[];
  readonly trace: { readonly events: readonly string[]; readonly path: string } | null;
  /** Instructions are the clock, so that boots of the same guest are the same; absent for the time of the host. */
  readonly logicalTime?: boolean;
  /** Whether each serial port is a pair of FIFOs beside its socket's path, which somebody offers as that socket; always so in logical time. */
  readonly serialPipes?: boolean;
  /** More arguments, put last. */
  readonly extra: readonly string[];
}

/** How a QEMU process ended. An adopted process is not our child: then exit code and signal are null. */
export interface MachineEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** At most the last 4 KiB of QEMU's own words. */
  readonly stderrTail: string;
  /** Why, where it is known better than by the exit: the Docker Engine went away, and the like. */
  readonly failure?: Failure;
  /** QEMU's reason (`guest-shutdown`, `guest-reset`, `host-qmp-quit`, …), or null when it said none. */
  readonly reason: string | null;
}

export interface QmpEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** QEMU's monitor. Every failure is QMP_FAILED, also that of calls which are pending when the socket ends. */
export interface Qmp {
  execute(command: string, parameters?: Readonly<Record<string, unknown>>, timeoutMs?: number): Promise<unknown>;
  /** Calls the listener for each event until the returned function is called. */
  onEvent(listener: (event: QmpEvent) => void): () => void;
  readonly closed: Promise<void>;
  close(): void;
}

/** One reading of two clocks at the same moment. `wallNs` counts from the Unix epoch. */
export interface ClockReading {
  readonly wallNs: bigint;
  readonly monotonicNs: bigint;
}

/** A machine that runs, or is held before its first instruction. */
export interface Machine {
  readonly record: MachineRecord;
  readonly uuid: string;
  /** Taken just before the spawn; null for a machine that an earlier lab started. */
  readonly spawnedAt: ClockReading | null;
  readonly qmp: Qmp;
  readonly serialSockets: readonly string[];
  /** QEMU's own records of its ports, where they are not those that were asked for: none of a machine on another host. */
  readonly serialLogs?: readonly string[];
  /** Where its screen can be seen by VNC, or null when it has none. */
  readonly vncSocket: string | null;
  /** Resolves when the process is gone, and never rejects; after `release` it stays as it was. */
  readonly ended: Promise<MachineEnd>;
  /** Lets the guest run: until then it waits before its first instruction, so that its consoles can be connected. */
  go(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Presses the reset button; from then on the guest may reboot by itself, too. */
  reset(): Promise<void>;
  /** Lets the guest reboot by itself from now on; until then its first reboot ends the machine. */
  allowReboots(): Promise<void>;
  /** Presses the power button (ACPI); what the guest makes of it shows in `ended`. */
  powerDown(): Promise<void>;
  kill(): Promise<MachineEnd>;
  /** Lets go of the machine and leaves it running for the next lab. */
  release(): void;
  /** Kills the machine if it still runs, and removes its directory; does nothing to one that was released. */
  dispose(): Promise<void>;
}
