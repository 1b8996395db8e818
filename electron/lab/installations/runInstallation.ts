import { DeclaredError } from '../../contract/errors.ts';
import type { Installation } from '../../contract/installations.ts';
import { toFailure } from '../implementer.ts';
import { describeError } from '../log.ts';
import { now, type InstallationBook } from './book.ts';
import type { InstallationsDependencies } from './installations.ts';
import type { InstallationPerformer } from './performInstallation.ts';
import { shown, type InstallationRecord } from './records.ts';

/** Why a running installation is stopped; anything else that ends it is a failure. */
type Stop = 'takeOver' | 'cancel' | 'close';

interface Work {
  readonly stop: (why: Stop) => void;
  readonly ended: Promise<unknown>;
}

/** Installations at work: each is a task, which may be stopped for more than one reason. */
export interface InstallationRunner {
  /** Begins what is not done yet. */
  run(id: string): Installation;
  takeOver(id: string): Promise<void>;
  /** Ends it, whether it runs or not; what it made goes to the trash when `clean` says so. */
  cancel(id: string, clean: boolean): Promise<void>;
  dispose(): Promise<void>;
}

export function createRunner({ tasks, disks, guests, log }: InstallationsDependencies, book: InstallationBook, { perform }: InstallationPerformer): InstallationRunner {
  const { record, change } = book;
  const works = new Map<string, Work>();
  /** Installations that are being cancelled and of which everything stays. */
  const keeps = new Set<string>();

  /** What was made goes to the trash; what was there before stays. */
  const cleanUp = async (id: string): Promise<void> => {
    const { guest, disk, ownsDisk } = record(id);
    const made = guest === null ? undefined : guests.list().find(({ definition }) => definition.id === guest);
    if (made !== undefined) {
      if (made.runtime.state !== 'stopped') await guests.kill(made.definition.id);
      guests.remove(made.definition.id);
    }
    if (disk !== null && ownsDisk && disks.list().some((candidate) => candidate.id === disk)) disks.remove(disk);
  };

  const unfinished = (id: string): InstallationRecord['steps'] => record(id).steps.map((step) => (step.state === 'running' ? { ...step, state: 'waiting', detail: '' } : step));

  /** The step that ran when it failed; what a script awaited has said so itself. */
  const failedAt = (id: string): InstallationRecord['steps'] => record(id).steps.map((step) => (step.state === 'running' ? { ...step, state: 'failed', detail: '', endedAt: now() } : step));

  const untilStopped = async (guest: string): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (guests.get(guest).runtime.state === 'stopped') resolve(undefined);
    };
    const unlisten = guests.onChange(look);
    look();
    await promise;
    unlisten();
  };

  /** A disk that is full stops QEMU too: it is ended, and the disk keeps what it has. */
  const endGuestAfter = async (id: string, error: unknown): Promise<void> => {
    const { guest } = record(id);
    const full = error instanceof DeclaredError && ['DISK_FULL', 'SPACE_TOO_SMALL'].includes(error.failure.code);
    if (!full || guest === null || guests.get(guest).runtime.state === 'stopped') return;
    try {
      await guests.kill(guest);
    } catch (failure) {
      // What wants to be written down about it finds no room either; the machine ends all the same.
      log({ level: 'warn', noun: 'installations', message: `the end of the guest of ${id} could not be noted`, details: describeError(failure) });
      await guests.machineOf(guest)?.kill();
      await untilStopped(guest);
    }
  };

  const settle = async (id: string, work: () => Promise<'done' | 'byHand'>, stopped: () => Stop | null): Promise<void> => {
    try {
      const state = await work();
      change(id, { state, task: null, endedAt: state === 'done' ? now() : null });
    } catch (error) {
      const why = stopped();
      if (why === 'takeOver') change(id, { state: 'byHand', task: null, steps: unfinished(id) });
      else if (why === 'close') change(id, { state: 'interrupted', task: null, steps: unfinished(id) });
      else if (why === 'cancel') change(id, { state: 'cancelled', task: null, steps: unfinished(id), endedAt: now() });
      else {
        await endGuestAfter(id, error);
        book.putEnd({ ...record(id), state: 'failed', task: null, failure: toFailure(error, `installation ${id}`, log), steps: failedAt(id), endedAt: now() });
      }
      if (why === null || why === 'cancel') throw error;
    }
  };

  const stopWork = async (id: string, why: Stop): Promise<void> => {
    const work = works.get(id);
    work?.stop(why);
    await work?.ended;
  };

  return {
    run(id) {
      const { name } = record(id);
      const abort = new AbortController();
      let why: Stop | null = null;
      const stop = (reason: Stop): void => {
        why ??= reason;
        abort.abort(new DeclaredError('CANCELLED', { task: name }));
      };
      const { id: task, result } = tasks.run({ title: `Install ${name}`, route: `/installations/${id}`, unit: 'steps', planned: null }, async (running) => {
        // Who cancels the task cancels the installation, and wants nothing left of it.
        const cancelled = (): void => stop('cancel');
        running.signal.addEventListener('abort', cancelled, { once: true });
        await settle(id, () => perform(id, running, abort.signal), () => why).finally(() => works.delete(id));
        running.signal.removeEventListener('abort', cancelled);
      });
      const ended = result.catch(async () => {
        if (why === 'cancel' && !keeps.has(id)) await cleanUp(id);
      });
      works.set(id, { stop, ended });
      return shown(change(id, { state: 'running', task, failure: null, endedAt: null }));
    },
    takeOver: (id) => stopWork(id, 'takeOver'),
    async cancel(id, clean) {
      if (!clean) keeps.add(id);
      if (works.has(id)) await stopWork(id, 'cancel');
      else {
        change(id, { state: 'cancelled', steps: unfinished(id), endedAt: now() });
        if (clean) await cleanUp(id);
      }
      keeps.delete(id);
    },
    async dispose() {
      await Promise.all([...works.keys()].map((id) => stopWork(id, 'close')));
    },
  };
}
