import { randomBytes } from 'node:crypto';
import { DeclaredError } from '../../contract/errors.ts';
import { installationDraft, type Installation, type InstallationDraft, type InstallationReview, type SourceFile } from '../../contract/installations.ts';
import { planInstallation, readStepId, stepId, waitingStep } from '../../core/installations/planInstallation.ts';
import { rejoin, startPlaying, type Play } from '../../core/installations/playScript.ts';
import type { Database } from '../../host/storage/collections.ts';
import type { CatalogService } from '../catalog/catalog.ts';
import type { ConsolesService } from '../consoles/consoles.ts';
import type { DisksService } from '../disks/disks.ts';
import type { GuestsService } from '../guests/guests.ts';
import type { Log } from '../log.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { asError } from './asError.ts';
import { now, openInstallationBook } from './book.ts';
import { consoleOf, playOf, screenOf } from './conductor.ts';
import { inspectSource } from './inspectSource.ts';
import { createPerformer } from './performInstallation.ts';
import { shown } from './records.ts';
import { createReview } from './review.ts';
import { createRunner } from './runInstallation.ts';
import { scriptValues } from './scripts.ts';
import { rewound } from './stepStates.ts';
import { consoleEnd, guestOf } from './steps.ts';

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

export function createInstallations(dependencies: InstallationsDependencies): InstallationsService {
  const { database, catalog, guests, consoles } = dependencies;
  const book = openInstallationBook(database);
  const performer = createPerformer(dependencies, book);
  const runner = createRunner(dependencies, book, performer);
  const reviews = createReview(dependencies);
  const { list, record, put } = book;
  const { groundOf } = performer;
  const { run } = runner;
  const refuse = ({ name, state }: Installation, wanted: string): never => {
    throw new DeclaredError('INSTALLATION_STATE', { installation: name, state: words[state], wanted });
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
      await runner.takeOver(id);
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
      await runner.cancel(id, clean);
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
      book.forget(id);
    },
    watch: book.watch,
    async dispose() {
      await runner.dispose();
      book.dispose();
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
