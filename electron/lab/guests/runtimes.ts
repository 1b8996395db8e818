import type { GuestRuntime, MachineRecord } from '../../contract/guests.ts';
import type { GuestEnd } from '../../core/guests/guestEnds.ts';
import type { CommandLog } from '../../host/process/commandLog.ts';
import type { Activity } from '../activity.ts';
import { describeError, type Log } from '../log.ts';
import type { MachineLedger } from './machineLedger.ts';
import type { RunningGuest } from './runningGuest.ts';

export interface RuntimesDependencies {
  readonly ledger: MachineLedger;
  readonly activity: Pick<Activity, 'hold'>;
  readonly commands: CommandLog;
  readonly log: Log;
  /** Called when a machine is gone, before its guest is stopped: gives back what it was lent. */
  readonly onGone: (id: string, guest: RunningGuest) => Promise<void>;
  /** Called when the end of a machine is noted, before its guest is stopped. */
  readonly onEnded: (id: string, end: GuestEnd) => void;
  /** Called before each change of a guest's runtime with what is to come. */
  readonly onTurn: (id: string, before: GuestRuntime, next: GuestRuntime | null) => void;
  /** Called after each change of a guest's runtime. */
  readonly onChange: (id: string) => void;
}

/** In what state each guest is, and the machines behind those that run. */
export interface Runtimes {
  readonly get: (id: string) => GuestRuntime;
  /** `null` is stopped, with the end that the ledger knows. */
  readonly set: (id: string, next: GuestRuntime | null) => void;
  readonly running: (id: string) => RunningGuest | undefined;
  readonly all: () => RunningGuest[];
  /** Follows a machine from now to its end: state, ledger, log of commands, the lab's activity. */
  readonly follow: (id: string, guest: RunningGuest) => void;
  /** Resolves when the last machine of that guest has ended and all of that is noted. */
  readonly ended: (id: string) => Promise<void>;
}

export function createRuntimes({ ledger, activity, commands, log, onGone, onEnded, onTurn, onChange }: RuntimesDependencies): Runtimes {
  const states = new Map<string, GuestRuntime>();
  const machines = new Map<string, RunningGuest>();
  const ends = new Map<string, Promise<void>>();

  const get = (id: string): GuestRuntime => states.get(id) ?? { state: 'stopped', end: ledger.lastEnd(id) };
  const set = (id: string, next: GuestRuntime | null): void => {
    onTurn(id, get(id), next);
    if (next === null) states.delete(id);
    else states.set(id, next);
    onChange(id);
  };
  /** QEMU may be paused by others than us (a full disk, a debugger), so its own word counts. */
  const mirror = (id: string, event: string, machine: MachineRecord): void => {
    const { state } = get(id);
    if (event === 'STOP' && state === 'running') set(id, { state: 'paused', machine });
    if (event === 'RESUME' && state === 'paused') set(id, { state: 'running', machine });
  };
  const tellEnd = (id: string, end: GuestEnd): void => {
    try {
      onEnded(id, end);
    } catch (error) {
      // A full disk may have ended it: what follows from the end cannot be written down then.
      log({ level: 'error', noun: 'guests', message: `what follows from the end of ${id} failed`, details: describeError(error) });
    }
  };
  const finish = async (id: string, guest: RunningGuest, release: () => void): Promise<void> => {
    let end: GuestEnd | null = null;
    try {
      end = await guest.ended;
      await onGone(id, guest);
      ledger.ended(id, end);
    } catch (error) {
      log({ level: 'error', noun: 'guests', message: `the end of ${id} could not be recorded`, details: describeError(error) });
    } finally {
      machines.delete(id);
      // Before the lab is let go and the guest is stopped: whoever sees it stopped sees whether it starts again.
      if (end !== null) tellEnd(id, end);
      release();
      set(id, null);
    }
  };

  return {
    get,
    set,
    running: (id) => machines.get(id),
    all: () => [...machines.values()],
    follow(id, guest) {
      const { machine } = guest;
      machines.set(id, guest);
      machine.qmp.onEvent(({ name }) => mirror(id, name, machine.record));
      const noteExit = commands.began(machine.record.argv, `run ${id}`);
      void machine.ended.then(({ exitCode }) => noteExit(exitCode));
      ends.set(id, finish(id, guest, activity.hold('guest')));
    },
    ended: (id) => ends.get(id) ?? Promise.resolve(),
  };
}
