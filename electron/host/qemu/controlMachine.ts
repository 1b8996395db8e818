import type { ClockReading, Machine, MachineEnd, Qmp, QmpEvent } from '../../core/guests/machine.ts';
import type { MachineRecord } from '../../contract/guests.ts';
import { readTail } from '../process/fileTail.ts';
import { removeMachineDirectory, stderrPath } from './machineDirectory.ts';

/** The process behind a machine, whether it is our child or was adopted. */
export interface MachineProcess {
  readonly gone: Promise<Pick<MachineEnd, 'exitCode' | 'signal'>>;
  /** Sends SIGKILL; a process that is gone already is no error. */
  kill(): void;
  /** Lets this process end while that one runs. */
  release(): void;
}

interface Parts {
  readonly record: MachineRecord;
  readonly uuid: string;
  readonly spawnedAt: ClockReading | null;
  readonly qmp: Qmp;
  readonly serialSockets: readonly string[];
  readonly vncSocket: string | null;
  readonly directory: string;
  readonly process: MachineProcess;
}

/** Resolves with the first event of that name, or with null when the monitor closes before. */
function nextEvent(qmp: Qmp, name: string): Promise<QmpEvent | null> {
  return new Promise((resolve) => {
    const stop = qmp.onEvent((event) => event.name === name && settle(event));
    const settle = (event: QmpEvent | null): void => {
      stop();
      resolve(event);
    };
    void qmp.closed.then(() => settle(null));
  });
}

async function pressReset(qmp: Qmp): Promise<void> {
  const done = nextEvent(qmp, 'RESET');
  await qmp.execute('system_reset');
  await done;
}

/** Joins a process and its monitor to one machine. */
export function controlMachine({ directory, process, qmp, ...parts }: Parts): Machine {
  let reason: string | null = null;
  let released = false;
  qmp.onEvent(({ name, data }) => {
    if (name === 'SHUTDOWN' && typeof data['reason'] === 'string') reason = data['reason'];
  });
  const ended = process.gone.then(async (exit): Promise<MachineEnd> => {
    // QEMU's last event may still be in the socket: it is read to its end before the machine is called ended.
    await qmp.closed;
    if (released) return new Promise<never>(() => undefined);
    return { ...exit, reason, stderrTail: await readTail(stderrPath(directory)) };
  });
  const order = (command: string) => async (): Promise<void> => {
    await qmp.execute(command);
  };
  const allowReboots = async (): Promise<void> => {
    await qmp.execute('set-action', { reboot: 'reset' });
  };
  const kill = async (): Promise<MachineEnd> => {
    process.kill();
    return ended;
  };

  return {
    ...parts,
    qmp,
    ended,
    go: order('cont'),
    pause: order('stop'),
    resume: order('cont'),
    // With `-no-reboot` a reset from outside ends QEMU too (softmmu/runstate.c). The permission stays: who presses reset
    // has a machine that reboots, and taking it back would race with the boot that has begun.
    reset: async () => {
      await allowReboots();
      await pressReset(qmp);
    },
    allowReboots,
    powerDown: order('system_powerdown'),
    kill,
    release: () => {
      released = true;
      qmp.close();
      process.release();
    },
    dispose: async () => {
      if (released) return;
      await kill();
      await removeMachineDirectory(directory);
    },
  };
}
