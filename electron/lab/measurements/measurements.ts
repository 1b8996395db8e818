import { DeclaredError, type Failure } from '../../contract/errors.ts';
import type { BootDiff, GuestLoad, PhaseTable, Run, RunEvent, RunListItem, RunWithSamples, StartMeasurement } from '../../contract/measurements.ts';
import type { Reading } from '../../contract/metrics.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import type { EvidencePage } from '../../host/instruments/evidence.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import type { Database } from '../../host/storage/collections.ts';
import { createFeed, watch, type Feed } from '../feed.ts';
import { toFailure } from '../implementer.ts';
import { describeError } from '../log.ts';
import type { ConsolesService } from '../consoles/consoles.ts';
import type { EventInstruments } from '../instruments/eventInstruments.ts';
import type { RunningTask, TasksService } from '../tasks/tasks.ts';
import { diffBoots, type KeptBoot } from './diffBoots.ts';
import { createEvidence } from './evidence.ts';
import { readLoads } from './loads.ts';
import { outlookOf } from './outlook.ts';
import { performRun, resolveSubjects, showRecordings, type PerformanceTools } from './performRun.ts';
import { readPhaseTables } from './phaseTables.ts';
import { prepareRun, type PreparationTools } from './prepareRun.ts';
import { createRunCharts, type RunCharts } from './runCharts.ts';
import { createRunFolders, type RunFolders } from './runFolders.ts';
import { WATCHED_RUNS } from './runList.ts';
import { createRunStore, type RunStore } from './runStore.ts';

export interface MeasurementsDependencies extends Omit<PerformanceTools, 'store' | 'loads' | 'blobs'>, Omit<PreparationTools, 'phaseTable' | 'eventInstruments' | 'traces'> {
  readonly blobs: Pick<Blobs, 'put' | 'path' | 'has'>;
  readonly eventInstruments: Pick<EventInstruments, 'choose' | 'outlook'>;
  readonly database: Database;
  readonly resourcesDirectory: string;
  readonly tasks: Pick<TasksService, 'run' | 'cancel'>;
  readonly consoles: Pick<ConsolesService, 'attach' | 'remove' | 'openRecording' | 'list'>;
}

export interface MeasurementsService extends RunCharts, RunFolders {
  /** Plans a run and begins it as a task. Throws what is wrong with its guests, QEMU or instrument. */
  start(input: StartMeasurement): Promise<Run>;
  /** Goes on with what is left of the plan. Throws RUNS_NOT_COMPARABLE on another machine, or with another QEMU or image. */
  resume(id: string): Promise<Run>;
  /** Resolves when nothing of it runs any more; the samples so far are kept. */
  cancel(id: string): Promise<Run>;
  /** All, the newest first. */
  list(): RunListItem[];
  /** A page of the list, and how many there are of it in all. */
  find(query: Parameters<RunStore['find']>[0]): { total: number; items: RunListItem[]; tags: string[] };
  get(id: string): RunWithSamples;
  annotate(id: string, change: { readonly name?: string; readonly notes?: string; readonly tags?: string[] }): Run;
  remove(id: string): void;
  restore(id: string): Run;
  trash(): TrashedItem[];
  /** What would be measured of a guest. */
  outlook(guest: string): Promise<Reading[]>;
  /** A page of the trace lines behind a sample. Throws NOT_FOUND. */
  evidence(query: { run: string; index: number } & EvidencePage): Promise<{ total: number; lines: string[]; digest: string | null }>;
  /** Where two boots part. Throws RUNS_NOT_COMPARABLE for guests with other phases. */
  diff(a: SampleName, b: SampleName, signal?: AbortSignal): Promise<BootDiff>;
  /** What can be typed into a guest. Throws NOT_FOUND. */
  loads(guest: string): GuestLoad[];
  phaseTables(): PhaseTable[];
  /** Throws NOT_FOUND. */
  phaseTable(id: string): PhaseTable;
  watch(id: string, signal?: AbortSignal): AsyncGenerator<RunEvent>;
  watchList(signal?: AbortSignal): AsyncGenerator<RunListItem[]>;
  /** Interrupts what runs; it can be resumed by the next lab. */
  dispose(): Promise<void>;
}

/** One boot of a run. */
export interface SampleName {
  readonly run: string;
  readonly index: number;
}

/** A run that is being carried out. */
interface Active {
  run: Run;
  readonly feed: Feed<RunEvent>;
  /** What happened in the boot that runs now, for a subscriber who comes in the middle of it. */
  current: RunEvent[];
  task: string;
  ended: Promise<unknown>;
}

export function createMeasurements(dependencies: MeasurementsDependencies): MeasurementsService {
  const { database, tasks, consoles, log } = dependencies;
  const store = createRunStore(database);
  const tables = readPhaseTables(dependencies.resourcesDirectory, log);
  const loads = readLoads(dependencies.resourcesDirectory, log);
  const evidence = createEvidence(dependencies.blobs);
  const tools: PerformanceTools = { ...dependencies, store, loads };
  const listFeed = createFeed<RunListItem[]>({ newestOnly: true });
  const active = new Map<string, Active>();
  /** Runs whose end could not be stored, so that at least this lab shows it. */
  const unstored = new Map<string, Run>();
  const closing = new AbortController();

  const latest = (run: Run): Run => active.get(run.id)?.run ?? unstored.get(run.id) ?? run;
  const find = (query: Parameters<RunStore['find']>[0]): { total: number; items: RunListItem[] } => {
    const { total, items } = store.find(query);
    return { total, items: items.map((item) => ({ ...item, ...stateOf(active.get(item.id)?.run ?? unstored.get(item.id)) })) };
  };
  const newest = (limit: number): RunListItem[] => find({ order: 'newest', offset: 0, limit }).items;
  const get = (id: string): RunWithSamples => {
    const { run, samples } = store.get(id);
    showRecordings(run, samples, consoles);
    return { run: latest(run), samples };
  };
  const sampleOf = ({ run: id, index }: SampleName): KeptBoot => {
    const { run, samples } = store.get(id);
    const sample = samples.find((candidate) => candidate.index === index);
    if (sample === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'sample', id: `${id}:${index}` });
    return { run, sample };
  };
  const publishList = (): void => {
    if (listFeed.subscribers > 0) listFeed.publish(newest(WATCHED_RUNS));
  };
  /** Where a run has come to is shown even if the disk no longer takes it. */
  const settle = (run: Run): void => {
    try {
      store.put(run);
      unstored.delete(run.id);
    } catch (error) {
      unstored.set(run.id, run);
      log({ level: 'error', noun: 'measurements', message: 'the end of a run could not be stored', details: { run: run.id, error: describeError(error) } });
    }
  };
  const publish = (work: Active, event: RunEvent, task: RunningTask): void => {
    work.current = event.type === 'sample' ? [] : event.type === 'boot' ? [event] : [...work.current, event];
    if (event.type === 'boot') task.report({ phase: bootPhase(work.run, event), done: store.countSamples(work.run.id) });
    if (event.type === 'sample') task.report({ done: store.countSamples(work.run.id) });
    work.feed.publish(event);
    if (event.type === 'sample') publishList();
  };
  const end = (work: Active, state: Run['state'], failure: Failure | null): void => {
    work.run = { ...work.run, state, failure, endedAt: new Date().toISOString() };
    settle(work.run);
    active.delete(work.run.id);
    work.feed.publish({ type: 'run', run: work.run });
    work.feed.close();
    publishList();
  };
  const carryOut = async (work: Active, task: RunningTask): Promise<void> => {
    const signal = AbortSignal.any([task.signal, closing.signal]);
    try {
      task.report({ phase: 'waiting for another measurement', done: store.countSamples(work.run.id) });
      const endTurn = await dependencies.turns.take(signal);
      try {
        await performRun({ run: work.run, signal, publish: (event) => publish(work, event, task) }, tools);
      } finally {
        endTurn();
      }
      end(work, 'done', null);
    } catch (error) {
      if (closing.signal.aborted) end(work, 'interrupted', interruption(work.run, store.countSamples(work.run.id)));
      else if (task.signal.aborted) end(work, 'cancelled', null);
      else end(work, 'failed', toFailure(error, 'measurements', log));
      throw error;
    }
  };
  const begin = (run: Run): Run => {
    store.put(run);
    const work: Active = { run, feed: createFeed<RunEvent>(), current: [], task: '', ended: Promise.resolve() };
    active.set(run.id, work);
    const plan = { title: run.name, route: `/measurements/${run.id}`, unit: 'boots' as const, planned: run.plan.order.length };
    const { id, result } = tasks.run(plan, (task) => carryOut(work, task));
    work.task = id;
    work.ended = result.catch(() => undefined);
    publishList();
    return run;
  };

  interruptRuns(store.running(), store, settle);
  removeUnfinishedConsoles(consoles);

  return {
    ...createRunCharts(store),
    ...createRunFolders(store, publishList),
    list: () => newest(Number.MAX_SAFE_INTEGER),
    find: (query) => ({ ...find(query), tags: store.tags() }),
    get,
    outlook: (guest) => outlookOf(guest, { ...dependencies, phaseTable: (id) => tables.get(id), loadsOf: (definition) => loads.of(definition) }),
    evidence: async ({ run, index, ...page }) => evidence.page(sampleOf({ run, index }).sample, page),
    diff: async (a, b, signal) => diffBoots(sampleOf(a), sampleOf(b), { evidence, decoder: dependencies.events.decoder }, signal),
    loads: (guest) => loads.of(dependencies.guests.get(guest).definition),
    phaseTables: () => tables.list(),
    phaseTable: (id) => tables.get(id),
    start: async (input) => begin(await prepareRun(input, { ...dependencies, phaseTable: (id) => tables.get(id) })),
    async resume(id) {
      const { run, samples } = get(id);
      if (active.has(id) || samples.length >= run.plan.order.length) return run;
      if (run.host.id !== dependencies.fingerprint().id) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: 'the run was begun on another machine, or with another kernel or CPU' });
      await resolveSubjects(run, dependencies);
      // Somebody else may have resumed it meanwhile.
      return active.get(id)?.run ?? begin({ ...run, state: 'running', endedAt: null, failure: null });
    },
    async cancel(id) {
      const work = active.get(id);
      if (work !== undefined) {
        tasks.cancel(work.task);
        await work.ended;
      }
      return get(id).run;
    },
    annotate(id, { name, notes, tags }) {
      const { run } = get(id);
      const changed = { ...run, name: name ?? run.name, notes: notes ?? run.notes, tags: tags ?? run.tags };
      store.put(changed);
      const work = active.get(id);
      if (work !== undefined) {
        work.run = changed;
        work.feed.publish({ type: 'run', run: changed });
      }
      publishList();
      return changed;
    },
    remove(id) {
      const { run } = get(id);
      if (active.has(id)) throw new DeclaredError('GUEST_BUSY', { guest: run.name, state: 'running', wanted: 'be removed' });
      store.remove(id);
      publishList();
    },
    restore(id) {
      const run = store.restore(id);
      publishList();
      return run;
    },
    trash: () => store.trash(),
    watch(id, signal) {
      const snapshot: RunEvent = { type: 'snapshot', ...get(id) };
      const work = active.get(id);
      if (work !== undefined) return work.feed.subscribe(signal, snapshot, ...work.current);
      const ended = createFeed<RunEvent>();
      const events = ended.subscribe(signal, snapshot);
      ended.close();
      return events;
    },
    watchList: (signal) => watch(listFeed, () => newest(WATCHED_RUNS), signal),
    async dispose() {
      closing.abort(new Error('the lab ends'));
      await Promise.all([...active.values()].map(({ ended }) => ended));
      listFeed.close();
    },
  };
}

/** Where a run has come to, which the disk may not know. */
function stateOf(run: Run | undefined): Partial<RunListItem> {
  return run === undefined ? {} : { state: run.state, endedAt: run.endedAt };
}

function bootPhase({ plan, subjects }: Run, boot: Extract<RunEvent, { type: 'boot' }>): string {
  const label = subjects.find(({ key }) => key === boot.subject)?.label ?? boot.subject;
  return `${boot.warmUp ? 'warm-up' : 'boot'} ${boot.index + 1} of ${plan.order.length}: ${label}`;
}

function interruption({ id, plan }: Run, finished: number): Failure {
  return { code: 'RUN_INTERRUPTED', details: { run: id, finished, planned: plan.order.length } };
}

/** What a lab that died was measuring: its samples are kept, and the run can be resumed. */
function interruptRuns(runs: readonly Run[], store: { countSamples(id: string): number }, settle: (run: Run) => void): void {
  for (const run of runs) {
    const finished = store.countSamples(run.id);
    if (finished >= run.plan.order.length) settle({ ...run, state: 'done', endedAt: new Date().toISOString() });
    else settle({ ...run, state: 'interrupted', endedAt: new Date().toISOString(), failure: interruption(run, finished) });
  }
}

/** The log of a boot that a dead lab was watching belongs to no sample; its boot is repeated when the run is resumed. */
function removeUnfinishedConsoles(consoles: Pick<ConsolesService, 'list' | 'remove'>): void {
  for (const { id } of consoles.list()) if (id.startsWith('run/')) consoles.remove(id);
}
