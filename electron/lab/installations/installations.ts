import { randomBytes } from 'node:crypto';
import { DeclaredError } from '../../contract/errors.ts';
import { installationDraft, type Installation, type InstallationDraft, type InstallationReview, type SourceFile } from '../../contract/installations.ts';
import { planInstallation, readStepId, stepId, waitingStep, type InstallationGround } from '../../core/installations/planInstallation.ts';
import { rejoin, startPlaying, type Play } from '../../core/installations/playScript.ts';
import type { Database } from '../../host/storage/collections.ts';
import type { CatalogService } from '../catalog/catalog.ts';
import type { ConsolesService } from '../consoles/consoles.ts';
import type { DisksService } from '../disks/disks.ts';
import { createFeed, watch } from '../feed.ts';
import type { GuestsService } from '../guests/guests.ts';
import { toFailure } from '../implementer.ts';
import { describeError, type Log } from '../log.ts';
import type { RunningTask, TasksService } from '../tasks/tasks.ts';
import { asError } from './asError.ts';
import { consoleOf, playOf, screenOf } from './conductor.ts';
import { playPart, type PlayTools } from './playPart.ts';
import { openInstallationRecords, shown, withStep, type InstallationRecord } from './records.ts';
import { createReview } from './review.ts';
import { inspectSource } from './inspectSource.ts';
import { readInstallScript, scriptValues } from './scripts.ts';
import { rewound } from './stepStates.ts';
import { consoleEnd, createSteps, guestOf, type OwnStep } from './steps.ts';

export interface InstallationsDependencies {
  readonly database: Database;
  readonly dataDirectory: string;
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  readonly runDirectory: string;
  readonly tasks: TasksService;
  readonly catalog: CatalogService;
  readonly disks: DisksService;
  readonly guests: GuestsService;
  readonly consoles: ConsolesService;
  /** Petri's public key for SSH, for scripts that let it in; nothing where none can be made. */
  readonly sshKey: () => Promise<string>;
  readonly log: Log;
}

/** Installations of a lab; see the contract for what each act promises and refuses. */
export interface InstallationsService {
  list(): Installation[];
  get(id: string): Installation;
  inspect(path: string): Promise<SourceFile>;
  review(draft: InstallationDraft): Promise<InstallationReview>;
  begin(draft: InstallationDraft): Promise<Installation>;
  takeOver(id: string): Promise<Installation>;
  handBack(id: string): Installation;
  resume(id: string): Installation;
  finish(id: string): Installation;
  cancel(id: string, cleanUp: boolean): Promise<Installation>;
  screen(id: string): Promise<{ lines: string[] | null }>;
  forget(id: string): void;
  watch(signal?: AbortSignal): AsyncGenerator<Installation[]>;
  dispose(): Promise<void>;
}

/** Why a running installation is stopped; anything else that ends it is a failure. */
type Stop = 'takeOver' | 'cancel' | 'close';

interface Work {
  readonly stop: (why: Stop) => void;
  readonly ended: Promise<unknown>;
}

const now = (): string => new Date().toISOString();

export function createInstallations(dependencies: InstallationsDependencies): InstallationsService {
  const { database, dataDirectory, resourcesDirectory, tasks, catalog, disks, guests, consoles, sshKey, log } = dependencies;
  const feed = createFeed<Installation[]>({ newestOnly: true });
  const store = openInstallationRecords(database);
  /** Ends that a full disk did not let us write down; the next write of the same installation does. */
  const unsaved = new Map<string, InstallationRecord>();
  const steps = createSteps({ catalog, disks, guests, consoles });
  const reviews = createReview(dependencies);
  const works = new Map<string, Work>();
  /** Installations that are being cancelled and of which everything stays. */
  const keeps = new Set<string>();

  const list = (): Installation[] => store.all().map((kept) => shown(unsaved.get(kept.id) ?? kept));
  const record = (id: string): InstallationRecord => {
    const found = unsaved.get(id) ?? store.get(id);
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'installation', id });
    return found;
  };
  const put = (changed: InstallationRecord): InstallationRecord => {
    store.put(changed.id, changed);
    unsaved.delete(changed.id);
    feed.publish(list());
    return changed;
  };
  /** How an installation ended is told even when there is no room to write it down: that may be why it ended. */
  const putEnd = (changed: InstallationRecord): void => {
    try {
      put(changed);
    } catch (error) {
      if (!(error instanceof DeclaredError) || error.code !== 'DISK_FULL') throw error;
      unsaved.set(changed.id, changed);
      feed.publish(list());
    }
  };
  const change = (id: string, next: Partial<InstallationRecord>): InstallationRecord => put({ ...record(id), ...next });
  const refuse = ({ name, state }: Installation, wanted: string): never => {
    throw new DeclaredError('INSTALLATION_STATE', { installation: name, state: words[state], wanted });
  };
  const groundOf = ({ draft, script }: Pick<InstallationRecord, 'draft' | 'script'>): InstallationGround => {
    const whole = installationDraft.parse(draft);
    const entry = whole.entry === null ? null : catalog.get(whole.entry);
    return { draft: whole, entry, script: script === null ? null : readInstallScript(resourcesDirectory, script) };
  };

  // A lab that died left them running; what a person does by hand goes on without a lab.
  for (const kept of store.all()) if (kept.state === 'running') store.put(kept.id, { ...kept, state: 'interrupted', task: null });

  const playing: PlayTools = {
    consoles,
    guests,
    record,
    put,
    sshKey,
    growing: (disk) => (disk === null ? dataDirectory : disks.get(disk).path),
    boot: async (id, part, ground, signal) => {
      await steps[part === 'install' ? 'boot-medium' : 'boot-disk']({ record: record(id), ground, of: null, task: { id, signal, report: () => undefined } });
    },
  };

  const beginStep = (id: string, step: string, detail = ''): void => void put(withStep(record(id), step, { state: 'running', startedAt: now(), endedAt: null, detail }));
  const endStep = (id: string, step: string, state: 'done' | 'failed' | 'skipped'): void => {
    const { startedAt } = record(id).steps.find((candidate) => candidate.id === step) ?? {};
    put(withStep(record(id), step, { state, detail: '', startedAt: startedAt ?? now(), endedAt: now() }));
  };

  /** Does all that is not done yet. Stops, without an error, where a person has to go on. */
  const perform = async (id: string, task: RunningTask, signal: AbortSignal): Promise<'done' | 'byHand'> => {
    const ground = groundOf(record(id));
    for (const { id: step, title } of record(id).steps) {
      signal.throwIfAborted();
      const { kind, of } = readStepId(step);
      // A script's part does many steps at once.
      const { state } = record(id).steps.find((candidate) => candidate.id === step) ?? { state: 'waiting' };
      if (state === 'done' || state === 'skipped') continue;
      task.report({ phase: title });
      if (kind === 'by-hand') {
        beginStep(id, step);
        return 'byHand';
      }
      if (kind === 'install' || kind === 'firstBoot') {
        if (ground.script !== null) await playPart(playing, id, kind, ground, ground.script, signal);
        continue;
      }
      await performOwn(id, step, kind, of, ground, { ...task, signal });
    }
    return 'done';
  };
  const performOwn = async (id: string, step: string, kind: OwnStep, of: string | null, ground: InstallationGround, task: RunningTask): Promise<void> => {
    beginStep(id, step);
    change(id, await steps[kind]({ record: record(id), ground, of, task }));
    endStep(id, step, 'done');
  };

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
        putEnd({ ...record(id), state: 'failed', task: null, failure: toFailure(error, `installation ${id}`, log), steps: failedAt(id), endedAt: now() });
      }
      if (why === null || why === 'cancel') throw error;
    }
  };

  const run = (id: string): Installation => {
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
  };
  const stopWork = async (id: string, why: Stop): Promise<void> => {
    const work = works.get(id);
    work?.stop(why);
    await work?.ended;
  };

  return {
    list,
    get: (id) => shown(record(id)),
    inspect: (path) => inspectSource(path, catalog.list()),
    review: (draft) => reviews.review(draft),
    async begin(given) {
      const [obstacle] = (await reviews.review(given)).obstacles;
      if (obstacle !== undefined) throw asError(obstacle);
      const draft = installationDraft.parse(given);
      const entry = draft.entry === null ? null : catalog.get(draft.entry);
      const script = draft.install === 'unattended' ? (entry?.install?.script ?? null) : null;
      const id = `install-${randomBytes(4).toString('hex')}`;
      const ground = groundOf({ draft, script });
      put({ id, name: draft.guest.name, draft, state: 'running', steps: planInstallation(ground).map(waitingStep), guest: null, disk: null, task: null, failure: null, startedAt: now(), endedAt: null, script, playing: null, ownsDisk: false });
      return run(id);
    },
    async takeOver(id) {
      const found = record(id);
      if (found.state !== 'running' || found.guest === null || found.playing === null) refuse(found, 'be taken over');
      await stopWork(id, 'takeOver');
      return shown(record(id));
    },
    handBack(id) {
      const found = record(id);
      const { playing, script, draft } = found;
      if (!['byHand', 'failed'].includes(found.state) || playing === null || script === null) return refuse(found, 'be handed back');
      const ground = groundOf(found);
      if (ground.script === null) return refuse(found, 'be handed back');
      // Only for what is awaited: the key is typed, never awaited.
      const play = playOf(ground.script, playing.part, scriptValues(ground.script, draft.guest.name, ''));
      const { index, from } = rejoinAt(play, playing.index, guestOf(found));
      const passed = new Set(Array.from({ length: index - playing.index }, (_, step) => stepId({ kind: playing.part, of: String(playing.index + step) })));
      put({
        ...found,
        playing: { ...playing, index, met: 0, late: 0, offset: from, pending: [] },
        steps: found.steps.map((step) => (passed.has(step.id) ? { ...step, state: 'skipped', detail: 'done by hand', endedAt: now() } : step.state === 'failed' ? { ...step, state: 'waiting' } : step)),
      });
      return run(id);
    },
    resume(id) {
      const found = record(id);
      if (!['interrupted', 'failed'].includes(found.state)) return refuse(found, 'be resumed');
      const runs = found.guest !== null && guests.list().some(({ definition, runtime }) => definition.id === found.guest && runtime.state === 'running');
      put(runs && found.state === 'interrupted' ? found : rewound(found, runs));
      if (runs && found.state === 'failed' && found.playing !== null) return this.handBack(id);
      return run(id);
    },
    finish(id) {
      const found = record(id);
      if (found.state !== 'byHand') refuse(found, 'be finished');
      const at = found.steps.findIndex((step) => step.id === 'eject');
      put({ ...found, playing: null, steps: found.steps.map((step, index) => (index >= at || step.state === 'done' ? step : { ...step, state: readStepId(step.id).kind === 'by-hand' ? 'done' : 'skipped', detail: '', endedAt: now() })) });
      return run(id);
    },
    async cancel(id, clean) {
      const found = record(id);
      if (found.state === 'done' || found.state === 'cancelled') refuse(found, 'be cancelled');
      if (!clean) keeps.add(id);
      if (works.has(id)) await stopWork(id, 'cancel');
      else {
        change(id, { state: 'cancelled', steps: unfinished(id), endedAt: now() });
        if (clean) await cleanUp(id);
      }
      keeps.delete(id);
      return shown(record(id));
    },
    async screen(id) {
      const { guest } = record(id);
      const machine = guest === null || !guests.list().some(({ definition }) => definition.id === guest) ? undefined : guests.machineOf(guest);
      const { display } = guest === null || machine === undefined ? { display: 'none' } : guests.get(guest).definition;
      return { lines: machine === undefined || display === 'none' ? null : await screenOf(machine) };
    },
    forget(id) {
      const found = record(id);
      if (!['done', 'cancelled', 'failed'].includes(found.state)) refuse(found, 'be forgotten');
      store.purge(id);
      feed.publish(list());
    },
    watch: (signal) => watch(feed, list, signal),
    async dispose() {
      await Promise.all([...works.keys()].map((id) => stopWork(id, 'close')));
      feed.close();
    },
  };

  /** Where a script goes on after somebody typed by hand: at what the last line of the console waits for. */
  function rejoinAt(play: Play, index: number, guest: string): { index: number; from: number } {
    const id = consoleOf(guest);
    const end = consoleEnd(consoles, guest);
    const { from, bytes } = consoles.read(id, Math.max(0, end - 512), 512);
    const lineAt = bytes.lastIndexOf(0x0a) + 1;
    const newest = Buffer.from(bytes.subarray(lineAt)).toString('latin1');
    const state = rejoin(play, { ...startPlaying(end, Date.now()), index }, newest, Date.now());
    return { index: state.index, from: from + lineAt };
  }
}

const words: Record<Installation['state'], string> = { running: 'running', byHand: 'in your hands', interrupted: 'interrupted', failed: 'failed', cancelled: 'cancelled', done: 'done' };
