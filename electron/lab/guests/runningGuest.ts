import { describeEnd, describeLoss, type GuestEnd } from '../../core/guests/guestEnds.ts';
import { lastLine } from '../../core/guests/lastLine.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { readTail } from '../../host/process/fileTail.ts';
import { adoptMachine, type KeptMachine } from '../../host/qemu/adoptMachine.ts';
import { removeMachineDirectory, stderrPath } from '../../host/qemu/machineDirectory.ts';
import type { GuestConsole, GuestConsoles } from './consoles.ts';

/** A guest's machine with its console, from the start or the adoption to the end. */
export interface RunningGuest {
  readonly machine: Machine;
  /** Resolves when the process is gone, the console has its last byte and nothing of the machine is left. */
  readonly ended: Promise<GuestEnd>;
  /** Connects the first serial port; before this the guest must not run. */
  readonly attach: (consoles: GuestConsoles) => Promise<void>;
  /** Types a line on the first serial port. */
  readonly type: (line: string) => Promise<void>;
  readonly kill: () => Promise<GuestEnd>;
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
  let console: GuestConsole | null = null;
  let newest = Buffer.alloc(0);
  const ended = machine.ended.then(async (end) => {
    await console?.closed;
    const told = describeEnd({ guest: guest.name, at: now(), argv: machine.record.argv, end, killed, lastLine: lastLine(newest.toString('utf8')) || (await lastRecorded(kept)) });
    await machine.dispose();
    return told;
  });
  return {
    machine,
    ended,
    async attach(consoles) {
      const [socketPath] = machine.serialSockets;
      const [logfile] = kept.serialLogs;
      if (socketPath === undefined) return;
      console = await consoles.attach(`guest/${guest.id}/serial0`, { socketPath, ...(logfile !== undefined && { logfile }) });
      console.bytes((bytes) => (newest = Buffer.concat([newest, bytes]).subarray(-NEWEST_BYTES)));
    },
    type: async (line) => console?.write(Buffer.from(`${line}\r`)),
    kill: async () => {
      killed = true;
      await machine.kill();
      return ended;
    },
  };
}

/** Takes over what an earlier lab left running, or tells how it was lost and removes what is left of it. */
export async function adoptGuest(guest: { readonly id: string; readonly name: string }, kept: KeptMachine): Promise<RunningGuest | GuestEnd> {
  const machine = await adoptMachine(kept);
  if (machine !== null) return runningGuest(guest, machine, kept);
  const words = { lastLine: await lastRecorded(kept), stderrTail: await readTail(stderrPath(kept.directory)) };
  await removeMachineDirectory(kept.directory);
  return describeLoss({ guest: guest.name, at: now(), argv: kept.record.argv, ...words });
}
