import { DeclaredError, type Failure } from '../../contract/errors.ts';
import type { BootDiff, EvidenceKind, GuestLoad, PhaseTable, Run, RunEvent, RunListItem, RunWithSamples, StartMeasurement } from '../../contract/measurements.ts';
import type { Reading } from '../../contract/metrics.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import type { EvidencePage } from '../../host/instruments/evidence.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import type { Database } from '../../host/storage/collections.ts';
import type { TraceShelf } from '../../host/storage/traceShelf.ts';
import { createFeed, watch } from '../feed.ts';
import { found } from '../found.ts';
import { toFailure } from '../implementer.ts';
import type { Log } from '../log.ts';
import type { ConsolesService } from '../consoles/consoles.ts';
import type { EventInstruments } from '../instruments/eventInstruments.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { createWorks, type Work, type WorkEnd } from '../tasks/works.ts';
import { diffBoots, type KeptBoot } from './diffBoots.ts';
import { createEvidence } from './evidence.ts';
import { readLoads, type LoadedGuest } from './loads.ts';
import { outlookOf } from './outlook.ts';
import { performRun, resolveSubjects, showRecordings, type PerformanceTools } from './performRun.ts';
import { readPhaseTables } from './phaseTables.ts';
import { prepareRun, type PreparationTools } from './prepareRun.ts';
import { createRunCharts, type RunCharts } from './runCharts.ts';
import { createRunFolders, type RunFolders } from './runFolders.ts';
import { WATCHED_RUNS } from './runList.ts';
import { createRunStore, type RunStore } from './runStore.ts';

export interface MeasurementsDependencies extends Omit<PerformanceTools, 'store' | 'loads' | 'blobs'>, Omit<PreparationTools, 'phaseTable' | 'eventInstruments' | 'traces'> {
  readonly blobs: Pick<Blobs, 'put'>;
  /** Where traces are kept. */
  readonly shelf: Pick<TraceShelf, 'path' | 'has' | 'letGo'>;
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
  /** A page of the lines behind a sample: of its trace, unless another kind is asked for. Throws NOT_FOUND. */
  evidence(query: { run: string; index: number; kind?: EvidenceKind } & EvidencePage): Promise<{ total: number; lines: string[]; digest: string | null }>;
  /** Where two boots part. Throws RUNS_NOT_COMPARABLE for guests with other phases. */
  diff(a: SampleName, b: SampleName, signal?: AbortSignal): Promise<BootDiff>;
  /** What can be typed into a guest. Throws NOT_FOUND. */
  loads(guest: string): GuestLoad[];
  /** The same of a guest that nobody has made yet. */
  loadsOf(guest: LoadedGuest): GuestLoad[];
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

type RunWork = Work<Run, RunEvent>;

export function createMeasurements(dependencies: MeasurementsDependencies): MeasurementsService {
  const { database, tasks, consoles, log } = dependencies;
  const store = createRunStore(database);
  const tables = readPhaseTables(dependencies.resourcesDirectory, log);
  const loads = readLoads(dependencies.resourcesDirectory, log);
  const evidence = createEvidence(dependencies.shelf);
  const tools: PerformanceTools = { ...dependencies, store, loads };
  const listFeed = createFeed<RunListItem[]>({ newestOnly: true });
  /** What happened in the boots that run now, for a subscriber who comes in the middle of one. */
  const current = new Map<string, RunEvent[]>();
  const works = createWorks<Run, RunEvent>({
    ...{ noun: 'run', tasks, log, keep: (run) => store.put(run) },
    end: (run, end) => endRun(run, end, store.countSamples(run.id), log),
    ended(run) {
      current.delete(run.id);
      publishList();
      return { type: 'run', run };
    },
  });

  const find = (query: Parameters<RunStore['find']>[0]): { total: number; items: RunListItem[] } => {
    const { total, items } = store.find(query);
    return { total, items: items.map((item) => ({ ...item, ...stateOf(works.newer(item.id)) })) };
  };
  const newest = (limit: number): RunListItem[] => find({ order: 'newest', offset: 0, limit }).items;
  const get = (id: string): RunWithSamples => {
    const { run, samples } = store.get(id);
    showRecordings(run, samples, consoles);
    return { run: works.latest(run), samples };
  };
  const sampleOf = ({ run: id, index }: SampleName): KeptBoot => {
    const { run, samples } = store.get(id);
    return { run, sample: found('sample', `${id}:${index}`, samples.find((candidate) => candidate.index === index)) };
  };
  const publishList = (): void => {
    if (listFeed.subscribers > 0) listFeed.publish(newest(WATCHED_RUNS));
  };
  const publish = (work: RunWork, event: RunEvent): void => {
    const { id } = work.thing();
    current.set(id, event.type === 'sample' ? [] : event.type === 'boot' ? [event] : [...(current.get(id) ?? []), event]);
    if (event.type === 'boot') work.report({ phase: bootPhase(work.thing(), event), done: store.countSamples(id) });
    if (event.type === 'sample') work.report({ done: store.countSamples(id) });
    work.publish(event);
    if (event.type === 'sample') publishList();
  };
  const carryOut = async (work: RunWork): Promise<void> => {
    work.report({ phase: 'waiting for another measurement', done: store.countSamples(work.thing().id) });
    const endTurn = await dependencies.turns.take(work.signal);
    try {
      await performRun({ run: work.thing(), signal: work.signal, publish: (event) => publish(work, event) }, tools);
    } finally {
      endTurn();
    }
  };
  const begin = (run: Run): Run => {
    works.begin(run, { title: run.name, route: `/measurements/${run.id}`, unit: 'boots', planned: run.plan.order.length }, carryOut);
    publishList();
    return run;
  };

  works.recover(store.running());
  removeUnfinishedConsoles(consoles);

  return {
    ...createRunCharts(store),
    ...createRunFolders(store, publishList),
    list: () => newest(Number.MAX_SAFE_INTEGER),
    find: (query) => ({ ...find(query), tags: store.tags() }),
    get,
    outlook: (guest) => outlookOf(guest, { ...dependencies, phaseTable: (id) => tables.get(id), loadsOf: (definition) => loads.of(definition) }),
    evidence: async ({ run, index, kind, ...page }) => evidence.page(sampleOf({ run, index }).sample, page, kind),
    diff: async (a, b, signal) => diffBoots(sampleOf(a), sampleOf(b), { evidence, decoder: dependencies.events.decoder }, signal),
    loads: (guest) => loads.of(dependencies.guests.get(guest).definition),
    loadsOf: (guest) => loads.of(guest),
    phaseTables: () => tables.list(),
    phaseTable: (id) => tables.get(id),
    start: async (input) => begin(await prepareRun(input, { ...dependencies, phaseTable: (id) => tables.get(id) })),
    async resume(id) {
      const { run, samples } = get(id);
      if (works.isActive(id) || samples.length >= run.plan.order.length) return run;
      if (run.host.id !== dependencies.fingerprint().id) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: 'the run was begun on another machine, or with another kernel or CPU' });
      await resolveSubjects(run, dependencies);
      // Somebody else may have resumed it meanwhile.
      return works.isActive(id) ? works.latest(run) : begin({ ...run, state: 'running', endedAt: null, failure: null });
    },
    async cancel(id) {
      await works.cancel(id);
      return get(id).run;
    },
    annotate(id, { name, notes, tags }) {
      const { run } = get(id);
      const changed = { ...run, name: name ?? run.name, notes: notes ?? run.notes, tags: tags ?? run.tags };
      store.put(changed);
      works.change(changed, { type: 'run', run: changed });
      publishList();
      return changed;
    },
    remove(id) {
      works.refuseActive(id, get(id).run.name);
      store.remove(id);
      publishList();
    },
    restore(id) {
      const run = store.restore(id);
      publishList();
      return run;
    },
    trash: () => store.trash(),
    watch: (id, signal) => works.watch(id, signal, [{ type: 'snapshot', ...get(id) }, ...(current.get(id) ?? [])]),
    watchList: (signal) => watch(listFeed, () => newest(WATCHED_RUNS), signal),
    async dispose() {
      await works.dispose();
      listFeed.close();
    },
  };
}

/** Where a run has come to, which the disk may not know. */
function stateOf(run: Run | null): Partial<RunListItem> {
  return run === null ? {} : { state: run.state, endedAt: run.endedAt };
}

function bootPhase({ plan, subjects }: Run, boot: Extract<RunEvent, { type: 'boot' }>): string {
  const label = subjects.find(({ key }) => key === boot.subject)?.label ?? boot.subject;
  return `${boot.warmUp ? 'warm-up' : 'boot'} ${boot.index + 1} of ${plan.order.length}: ${label}`;
}

function interruption({ id, plan }: Run, finished: number): Failure {
  return { code: 'RUN_INTERRUPTED', details: { run: id, finished, planned: plan.order.length } };
}

/** Its samples are kept however it ended. What was cut off can be resumed, if anything is left of its plan. */
function endRun(run: Run, end: WorkEnd, finished: number, log: Log): Run {
  const endedAt = new Date().toISOString();
  if (end.how === 'failed') return { ...run, state: 'failed', endedAt, failure: toFailure(end.error, 'measurements', log) };
  const isCut = end.how === 'interrupted' && finished < run.plan.order.length;
  if (end.how === 'interrupted' && !isCut) return { ...run, state: 'done', endedAt, failure: null };
  return { ...run, state: end.how, endedAt, failure: isCut ? interruption(run, finished) : null };
}

/** The log of a boot that a dead lab was watching belongs to no sample; its boot is repeated when the run is resumed. */
function removeUnfinishedConsoles(consoles: Pick<ConsolesService, 'list' | 'remove'>): void {
  for (const { id } of consoles.list()) if (id.startsWith('run/')) consoles.remove(id);
}
