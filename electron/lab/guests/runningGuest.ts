import { describeEnd, describeLoss, type GuestEnd } from '../../core/guests/guestEnds.ts';
import { lastLine } from '../../core/guests/lastLine.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { readTail } from '../../host/process/fileTail.ts';
import { exceededMemoryMiB } from '../../host/process/limitProcess.ts';
import type { KeptMachine } from '../../host/qemu/adoptMachine.ts';
import { removeMachineDirectory, stderrPath } from '../../host/qemu/machineDirectory.ts';
import type { GuestConsole, GuestConsoles } from './consoles.ts';
import type { MachinePlace } from './places.ts';

/** A guest's machine with its consoles, from the start or the adoption to the end. */
export interface RunningGuest {
  readonly machine: Machine;
  /** What the ledger has of it. */
  readonly kept: KeptMachine;
  /** Resolves when the process is gone, the consoles have their last byte and nothing of the machine is left. */
  readonly ended: Promise<GuestEnd>;
  /** Connects the serial ports; before this the guest must not run. */
  readonly attach: (consoles: GuestConsoles) => Promise<void>;
  /** The serial ports that are connected, in their order. */
  readonly serial: () => readonly GuestConsole[];
  /** Types a line on the first serial port. */
  readonly type: (line: string) => Promise<void>;
  readonly kill: () => Promise<GuestEnd>;
}

/** The console of a guest's serial port. */
export function serialConsole(guest: string, port: number): string {
  return `guest/${guest}/serial${port}`;
}

/** Enough for the last line. */
const NEWEST_BYTES = 1_024;

const now = (): string => new Date().toISOString();

/** The last thing that a guest printed, from QEMU's own record of its first serial port. */
async function lastRecorded({ serialLogs }: KeptMachine): Promise<string> {
  return serialLogs[0] === undefined ? '' : lastLine(await readTail(serialLogs[0]));
}

export function runningGuest(guest: { readonly id: string; readonly name: string }, machine: Machine, kept: KeptMachine): RunningGuest {
  let killed = false;
  const ports: GuestConsole[] = [];
  let newest = Buffer.alloc(0);
  const ended = machine.ended.then(async (end) => {
    await Promise.all(ports.map(({ closed }) => closed));
    const told = describeEnd({ guest: guest.name, at: now(), argv: machine.record.argv, end, killed, memoryLimitMiB: await exceededMemoryMiB(kept.groups), lastLine: lastLine(newest.toString('utf8')) || (await lastRecorded(kept)) });
    await machine.dispose();
    return told;
  });
  return {
    machine,
    kept,
    ended,
    serial: () => ports,
    async attach(consoles) {
      for (const [index, socketPath] of machine.serialSockets.entries()) {
        const logfile = kept.serialLogs[index];
        ports.push(await consoles.attach(serialConsole(guest.id, index), { socketPath, ...(logfile !== undefined && { logfile }) }));
      }
      ports[0]?.bytes((bytes) => (newest = Buffer.concat([newest, bytes]).subarray(-NEWEST_BYTES)));
    },
    type: async (line) => ports[0]?.write(Buffer.from(`${line}\r`)),
    kill: async () => {
      killed = true;
      await machine.kill();
      return ended;
    },
  };
}

/** Takes over what an earlier lab left running, or tells how it was lost and removes what is left of it. */
export async function adoptGuest(guest: { readonly id: string; readonly name: string }, kept: KeptMachine, place: MachinePlace): Promise<RunningGuest | GuestEnd> {
  const machine = await place.adopt(kept);
  if (machine !== null) return runningGuest(guest, machine, kept);
  const words = { lastLine: await lastRecorded(kept), stderrTail: await readTail(stderrPath(kept.directory)) };
  await removeMachineDirectory(kept.directory);
  return describeLoss({ guest: guest.name, at: now(), argv: kept.record.argv, memoryLimitMiB: await exceededMemoryMiB(kept.groups), ...words });
}
