import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition, GuestRuntime } from '../../contract/guests.ts';
import { refuseUnlessPossible, type GuestAct } from '../../core/guests/guestStates.ts';
import type { CommandLog } from '../../host/process/commandLog.ts';
import { withinTime } from '../../host/process/withinTime.ts';
import { sweepRunDirectory } from '../../host/qemu/sweepRunDirectory.ts';
import type { Activity } from '../activity.ts';
import { describeError, type Log } from '../log.ts';
import type { GuestConsoles } from './consoles.ts';
import type { LedgerEntry, MachineLedger } from './machineLedger.ts';
import type { ResolvedGuest } from './resolveGuest.ts';
import { adoptGuest, type RunningGuest } from './runningGuest.ts';
import { startGuest } from './startGuest.ts';

export interface MachinesDependencies {
  readonly ledger: MachineLedger;
  readonly consoles: GuestConsoles;
  readonly activity: Pick<Activity, 'hold'>;
  readonly commands: CommandLog;
  readonly runDirectory: string;
  readonly log: Log;
  readonly resolve: (definition: GuestDefinition) => Promise<ResolvedGuest>;
  /** Called after each change of a guest's runtime. */
  readonly onChange: (id: string) => void;
}

/** The machines of all guests and what state they are in. Acts throw GUEST_BUSY when the state does not allow them. */
export interface Machines {
  readonly runtime: (id: string) => GuestRuntime;
  readonly start: (definition: GuestDefinition) => Promise<void>;
  readonly pause: (definition: GuestDefinition) => Promise<void>;
  readonly resume: (definition: GuestDefinition) => Promise<void>;
  readonly reset: (definition: GuestDefinition) => Promise<void>;
  /** Presses the power button, types the line that the system wants, and kills the machine when the time has passed. */
  readonly powerDown: (definition: GuestDefinition, afterSeconds: number, line: string | null) => Promise<void>;
  readonly kill: (definition: GuestDefinition) => Promise<void>;
  /** Takes over what an earlier lab left running and removes what it left behind. Answers the adopted guests' names. */
  readonly adopt: () => Promise<string[]>;
  readonly refuseUnlessPossible: (act: GuestAct, definition: GuestDefinition) => void;
  /** Lets go of every machine and leaves it running. */
  readonly release: () => void;
}

/** How long a QEMU that breaks off an order is given to be gone by itself, so that its own words are the explanation. */
const ENDING_MS = 1_000;

const statusAnswer = z.object({ status: z.string() });

export function createMachines(dependencies: MachinesDependencies): Machines {
  const { ledger, consoles, activity, commands, runDirectory, log, resolve, onChange } = dependencies;
  const runtimes = new Map<string, GuestRuntime>();
  const running = new Map<string, RunningGuest>();
  /** The work that follows each end; whoever asked for the end waits for it too. */
  const ends = new Map<string, Promise<void>>();

  const runtime = (id: string): GuestRuntime => runtimes.get(id) ?? { state: 'stopped', end: ledger.lastEnd(id) };
  const set = (id: string, next: GuestRuntime | null): void => {
    if (next === null) runtimes.delete(id);
    else runtimes.set(id, next);
    onChange(id);
  };
  const refuse = (act: GuestAct, { id, name }: GuestDefinition): void => refuseUnlessPossible(act, name, runtime(id).state);
  const need = (act: GuestAct, definition: GuestDefinition): RunningGuest => {
    refuse(act, definition);
    const guest = running.get(definition.id);
    if (guest === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'running guest', id: definition.id });
    return guest;
  };

  /** Follows a machine to its end: its state, the ledger and the log of commands. */
  const follow = (id: string, guest: RunningGuest): void => {
    const { machine } = guest;
    const release = activity.hold('guest');
    const noteExit = commands.began(machine.record.argv, `run ${id}`);
    running.set(id, guest);
    machine.qmp.onEvent(({ name }) => {
      const { state } = runtime(id);
      if (name === 'STOP' && state === 'running') set(id, { state: 'paused', machine: machine.record });
      if (name === 'RESUME' && state === 'paused') set(id, { state: 'running', machine: machine.record });
    });
    void machine.ended.then(({ exitCode }) => noteExit(exitCode));
    const finish = async (): Promise<void> => {
      try {
        ledger.ended(id, await guest.ended);
      } catch (error) {
        log({ level: 'error', noun: 'guests', message: `the end of ${id} could not be recorded`, details: describeError(error) });
      } finally {
        running.delete(id);
        release();
        set(id, null);
      }
    };
    ends.set(id, finish());
  };
  /** Connects the console and lets the guest run. */
  const go = async (guest: RunningGuest): Promise<void> => {
    await guest.attach(consoles);
    await guest.machine.allowReboots();
    await guest.machine.go();
  };
  const kill = async (id: string, guest: RunningGuest): Promise<void> => {
    await guest.kill();
    await ends.get(id);
  };
  /** After a failure on the way to running: QEMU's own end is the better explanation when there was one. */
  const explainFailure = async (id: string, guest: RunningGuest, error: unknown): Promise<never> => {
    await withinTime(ends.get(id), ENDING_MS);
    if (running.has(id)) await kill(id, guest);
    const { failure } = ledger.lastEnd(id) ?? { failure: null };
    throw failure?.code === 'GUEST_ENDED' ? new DeclaredError('GUEST_ENDED', failure.details, { cause: error }) : error;
  };

  const start = async (definition: GuestDefinition): Promise<void> => {
    const { id, name } = definition;
    refuse('start', definition);
    set(id, { state: 'starting' });
    let guest: RunningGuest;
    try {
      guest = await startGuest(definition, await resolve(definition), runDirectory, (machine) => ledger.began(id, name, machine));
    } catch (error) {
      set(id, null);
      throw error;
    }
    follow(id, guest);
    try {
      await go(guest);
    } catch (error) {
      return await explainFailure(id, guest, error);
    }
    if (running.has(id)) set(id, { state: 'running', machine: guest.machine.record });
  };

  const powerDown = async (definition: GuestDefinition, afterSeconds: number, line: string | null): Promise<void> => {
    const { id } = definition;
    const guest = need('powerDown', definition);
    const paused = runtime(id).state === 'paused';
    set(id, { state: 'stopping', machine: guest.machine.record });
    const ask = async (): Promise<void> => {
      if (paused) await guest.machine.resume();
      await guest.machine.powerDown();
      if (line !== null) await guest.type(line);
    };
    // A QEMU that does not answer is killed at the limit like a guest that does not.
    ask().catch((error: unknown) => log({ level: 'warn', noun: 'guests', message: `${id} could not be asked to power down`, details: describeError(error) }));
    if ((await withinTime(guest.ended, afterSeconds * 1_000)) === 'late') await guest.kill();
    await ends.get(id);
  };

  const adoptOne = async ({ guest: id, name, machine }: LedgerEntry): Promise<string | null> => {
    const found = await adoptGuest({ id, name }, machine);
    if ('how' in found) {
      ledger.ended(id, found);
      return null;
    }
    follow(id, found);
    try {
      const { status } = statusAnswer.parse(await found.machine.qmp.execute('query-status'));
      if (status === 'prelaunch') await go(found);
      else await found.attach(consoles);
      set(id, { state: status === 'paused' ? 'paused' : 'running', machine: found.machine.record });
      return name;
    } catch (error) {
      log({ level: 'error', noun: 'guests', message: `${id} was found but could not be adopted`, details: describeError(error) });
      await kill(id, found);
      return null;
    }
  };

  return {
    runtime,
    start,
    powerDown,
    pause: async (definition) => need('pause', definition).machine.pause(),
    resume: async (definition) => need('resume', definition).machine.resume(),
    reset: async (definition) => need('reset', definition).machine.reset(),
    kill: (definition) => kill(definition.id, need('kill', definition)),
    async adopt() {
      const entries = ledger.running();
      await sweepRunDirectory(runDirectory, new Set(entries.map(({ machine }) => machine.directory)));
      return (await Promise.all(entries.map(adoptOne))).filter((name) => name !== null);
    },
    refuseUnlessPossible: refuse,
    release() {
      for (const { machine } of running.values()) machine.release();
    },
  };
}
