import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import { refuseUnlessPossible, wordsOf, type GuestAct } from '../../core/guests/guestStates.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { withinTime } from '../../host/process/withinTime.ts';
import { describeError, type Log } from '../log.ts';
import type { Companions } from './companions.ts';
import type { GuestConsoles } from './consoles.ts';
import { letGo } from './letGo.ts';
import { explainRefusal } from './explainRefusal.ts';
import type { Limits } from './limits.ts';
import type { MachineLedger } from './machineLedger.ts';
import type { Places } from './places.ts';
import type { GuestPorts } from './ports.ts';
import type { PreparedGuest } from './prepareGuest.ts';
import type { RunningGuest } from './runningGuest.ts';
import type { Runtimes } from './runtimes.ts';
import { startGuest } from './startGuest.ts';

export interface MachinesDependencies {
  readonly ledger: MachineLedger;
  readonly runtimes: Runtimes;
  readonly consoles: GuestConsoles;
  readonly companions: Pick<Companions, 'begin'>;
  readonly limits: Pick<Limits, 'apply'>;
  readonly ports: Pick<GuestPorts, 'refuseTaken'>;
  readonly runDirectory: string;
  readonly log: Log;
  readonly places: Places;
  /** Gives a guest what it starts with: images, disks, ports, memory. */
  readonly prepare: (definition: GuestDefinition) => Promise<PreparedGuest>;
}

export interface StartHow {
  /** Brings the memory and devices of a snapshot into the machine, which waits for them. */
  readonly loadState?: (machine: Machine) => Promise<void>;
}

/** What can be done with a guest's machine. Acts throw GUEST_BUSY when the guest's state does not allow them. */
export interface Machines {
  readonly start: (definition: GuestDefinition, how?: StartHow) => Promise<void>;
  readonly pause: (definition: GuestDefinition) => Promise<void>;
  readonly resume: (definition: GuestDefinition) => Promise<void>;
  readonly reset: (definition: GuestDefinition) => Promise<void>;
  /** Presses the power button, types the line that the system wants, and kills the machine when the time has passed. */
  readonly powerDown: (definition: GuestDefinition, afterSeconds: number, line: string | null) => Promise<void>;
  readonly kill: (definition: GuestDefinition) => Promise<void>;
  readonly refuseUnlessPossible: (act: GuestAct, definition: GuestDefinition) => void;
  /** Refuses every act but `kill` until the answered function is called; `state` is how that is called in a refusal. */
  readonly keep: (definition: GuestDefinition, state: string) => () => void;
}

/** How long a QEMU that breaks off an order is given to be gone by itself, so that its own words are the explanation. */
const ENDING_MS = 1_000;

export function createMachines({ ledger, runtimes, consoles, companions, limits, ports, runDirectory, log, places, prepare }: MachinesDependencies): Machines {
  const keptAs = new Map<string, string>();
  const refuse = (act: GuestAct, { id, name }: GuestDefinition): void => {
    const state = keptAs.get(id);
    if (state !== undefined && act !== 'kill') throw new DeclaredError('GUEST_BUSY', { guest: name, state, wanted: wordsOf(act) });
    refuseUnlessPossible(act, name, runtimes.get(id).state);
  };
  const need = (act: GuestAct, definition: GuestDefinition): RunningGuest => {
    refuse(act, definition);
    const guest = runtimes.running(definition.id);
    if (guest === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'running guest', id: definition.id });
    return guest;
  };
  const kill = async (id: string, guest: RunningGuest): Promise<void> => {
    await guest.kill();
    await runtimes.ended(id);
  };

  /** After a failure on the way to running: QEMU's own end is the better explanation when there was one. */
  const explainFailure = async (id: string, guest: RunningGuest, error: unknown): Promise<never> => {
    await withinTime(runtimes.ended(id), ENDING_MS);
    if (runtimes.running(id) !== undefined) await kill(id, guest);
    const { failure } = ledger.lastEnd(id) ?? { failure: null };
    throw failure?.code === 'GUEST_ENDED' ? new DeclaredError('GUEST_ENDED', failure.details, { cause: error }) : error;
  };

  const startMachine = async (definition: GuestDefinition, incoming: boolean): Promise<RunningGuest> => {
    const { id, name } = definition;
    const prepared = await prepare(definition);
    const onMissing = (missing: readonly string[]): void => log({ level: 'warn', noun: 'guests', message: `${id} runs without all of its limits: ${missing.join('; ')}` });
    try {
      const place = places.of(definition.place);
      return await startGuest({ ...prepared, runDirectory, place, limits, onMissing, incoming, keep: (machine) => ledger.began(id, name, machine) });
    } catch (error) {
      await prepared.giveBack();
      return await explainRefusal(error, prepared.definition, ports);
    }
  };
  const start = async (definition: GuestDefinition, { loadState }: StartHow = {}): Promise<void> => {
    const { id, name } = definition;
    // Who brings the machine's memory has kept the guest for that.
    if (loadState === undefined) refuse('start', definition);
    else refuseUnlessPossible('start', name, runtimes.get(id).state);
    runtimes.set(id, { state: 'starting' });
    let guest: RunningGuest;
    try {
      guest = await startMachine(definition, loadState !== undefined);
    } catch (error) {
      runtimes.set(id, null);
      throw error;
    }
    runtimes.follow(id, guest);
    try {
      await letGo(id, guest, { consoles, companions }, loadState);
    } catch (error) {
      return await explainFailure(id, guest, error);
    }
    // It may have ended again already.
    if (runtimes.running(id) !== undefined) runtimes.set(id, { state: 'running', machine: guest.machine.record });
  };

  const askToPowerDown = async ({ machine, type }: RunningGuest, paused: boolean, line: string | null): Promise<void> => {
    if (paused) await machine.resume();
    await machine.powerDown();
    if (line !== null) await type(line);
  };
  const powerDown = async (definition: GuestDefinition, afterSeconds: number, line: string | null): Promise<void> => {
    const { id } = definition;
    const guest = need('powerDown', definition);
    const paused = runtimes.get(id).state === 'paused';
    runtimes.set(id, { state: 'stopping', machine: guest.machine.record });
    // A QEMU that does not answer is killed at the limit, like a guest that does not.
    askToPowerDown(guest, paused, line).catch((error: unknown) => {
      log({ level: 'warn', noun: 'guests', message: `${id} could not be asked to power down`, details: describeError(error) });
    });
    if ((await withinTime(guest.ended, afterSeconds * 1_000)) === 'late') await guest.kill();
    await runtimes.ended(id);
  };

  return {
    start,
    powerDown,
    pause: async (definition) => need('pause', definition).machine.pause(),
    resume: async (definition) => need('resume', definition).machine.resume(),
    reset: async (definition) => need('reset', definition).machine.reset(),
    kill: async (definition) => kill(definition.id, need('kill', definition)),
    refuseUnlessPossible: refuse,
    keep({ id, name }, state) {
      const before = keptAs.get(id);
      if (before !== undefined) throw new DeclaredError('GUEST_BUSY', { guest: name, state: before, wanted: `be ${state.replace(/^being /, '')}` });
      keptAs.set(id, state);
      return () => void keptAs.delete(id);
    },
  };
}
