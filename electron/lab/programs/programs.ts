import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import type { HostFingerprint } from '../../contract/hosts.ts';
import type { Sample } from '../../contract/measurements.ts';
import type { ProgramTrace, ProgramTraceEvent, startTrace, TraceComparison, TracedTarget, TraceFormat, TraceWithSamples } from '../../contract/programs.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import type { ProcessTracer, TraceTarget } from '../../core/calls/processTracer.ts';
import { overheadText } from '../../core/instruments/overheadText.ts';
import { overheadOf } from '../../core/instruments/overheads.ts';
import { compareTraces } from '../../core/programs/compareTraces.ts';
import { renderTraceCsv, renderTraceText } from '../../core/programs/renderTrace.ts';
import { traceName } from '../../core/programs/targetWords.ts';
import { tracedSample, traceFigures, withOverhead } from '../../core/programs/tracedSample.ts';
import { reportFileName } from '../../core/reports/fileName.ts';
import { createPen } from '../../core/reports/textLayout.ts';
import { FEWEST_VALUES } from '../../core/statistics/bootstrap.ts';
import type { EvidencePage } from '../../host/instruments/evidence.ts';
import { endMarked, runUntraced } from '../../host/instruments/strace/tracedCommand.ts';
import type { Database } from '../../host/storage/collections.ts';
import type { TraceShelf } from '../../host/storage/traceShelf.ts';
import type { Engines } from '../containers/engines.ts';
import { createFeed, watch } from '../feed.ts';
import { toFailure } from '../implementer.ts';
import type { Log } from '../log.ts';
import { createEvidence } from '../measurements/evidence.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { createWorks, type Work } from '../tasks/works.ts';
import { createProgramStore } from './programStore.ts';
import { chooseTracer, resolveTarget, tracers } from './traceTarget.ts';
import { openWindow, type OpenWindow, type ReadWindow, type WindowTools } from './traceWindow.ts';

type Request = z.output<typeof startTrace>;

export interface ProgramsDependencies extends Omit<WindowTools, 'blobs'> {
  readonly database: Database;
  readonly blobs: TraceShelf;
  readonly tasks: Pick<TasksService, 'run' | 'cancel'>;
  readonly engines: Pick<Engines, 'chosen' | 'need'>;
  readonly fingerprint: () => HostFingerprint;
  readonly log: Log;
}

export interface RenderedTrace {
  readonly fileName: string;
  readonly mediaType: string;
  readonly base64: string;
  readonly digest: string;
}

/** System calls of programs on this host, as kept traces; see the contract. */
export interface ProgramsService {
  tracers(): Promise<(Pick<ProcessTracer, 'name' | 'title' | 'provenance'> & { available: boolean; reason: string; costs: string })[]>;
  start(request: Request): Promise<ProgramTrace>;
  cancel(id: string): Promise<ProgramTrace>;
  list(): ProgramTrace[];
  get(id: string): TraceWithSamples;
  watch(id: string, signal?: AbortSignal): AsyncGenerator<ProgramTraceEvent>;
  watchList(signal?: AbortSignal): AsyncGenerator<ProgramTrace[]>;
  annotate(id: string, change: Partial<Pick<ProgramTrace, 'name' | 'notes' | 'tags'>>): ProgramTrace;
  remove(id: string): void;
  restore(id: string): ProgramTrace;
  trash(): TrashedItem[];
  evidence(page: EvidencePage & { readonly id: string; readonly index: number }): Promise<{ total: number; lines: string[]; digest: string | null }>;
  compare(a: string, b: string): TraceComparison;
  export(id: string, format: TraceFormat): RenderedTrace;
  /** Lets go of everything that is watched. */
  dispose(): Promise<void>;
}

/** Progress is told this often at most, however fast a trace grows. */
const PROGRESS_NS = 250_000_000;

type TraceWork = Work<ProgramTrace, ProgramTraceEvent>;

export function createPrograms(dependencies: ProgramsDependencies): ProgramsService {
  const { database, blobs, tasks, engines, log } = dependencies;
  const store = createProgramStore(database);
  const lines = createEvidence(blobs);
  const feed = createFeed<ProgramTrace[]>({ newestOnly: true });
  const works = createWorks<ProgramTrace, ProgramTraceEvent>({
    ...{ noun: 'program trace', tasks, log },
    keep(trace) {
      store.put(trace);
      feed.publish(list());
    },
    end(trace, end) {
      const failure = end.how === 'failed' ? toFailure(end.error, `trace ${trace.id}`, log) : null;
      return { ...trace, state: end.how, endedAt: new Date().toISOString(), failure };
    },
    ended: (trace) => ({ type: 'trace', trace }),
  });
  const list = (): ProgramTrace[] => store.all().map(works.latest);
  const get = (id: string): ProgramTrace => works.newer(id) ?? store.get(id);
  const withSamples = (id: string): TraceWithSamples => {
    const trace = get(id);
    return { trace, samples: withOverhead(store.samples(id), trace.overhead) };
  };
  const left = store.all().filter(({ state }) => state === 'running');
  endMarked(left.map(({ id }) => id));
  works.recover(left);

  const open = ({ calls, durationSeconds, save }: Request, { target, tracer, mark, tell }: Opening): Promise<OpenWindow> =>
    openWindow({ tracer, target, calls, durationSeconds, mark, saved: save, grew: tell }, dependencies);

  /** All windows of a trace, the first of which is open already; a command runs once more after each where costs are measured. */
  const carryOut = async (work: TraceWork, request: Request, first: Begun): Promise<void> => {
    const { tracer } = first;
    const times: { readonly armed: number[]; readonly without: number[] } = { armed: [], without: [] };
    const why = (): string => (work.closing.aborted ? 'the lab ended' : 'it was cancelled');
    for (let index = 0; index < request.runs; index += 1) {
      work.report({ done: index, phase: request.runs === 1 ? 'watching' : `run ${index + 1} of ${request.runs}` });
      const tell = progressOf(work, index);
      if (index === 0) first.tell.use(tell);
      const target = index === 0 ? first.target : await resolveTarget(request.target, engines);
      const window = index === 0 ? first.window : await open(request, { target, tracer, mark: work.thing().id, tell });
      const seen = await window.read(work.signal, why);
      times.armed.push(seen.durationNs);
      takeSample(work, tracedSample({ index, target: request.target, provenance: tracer.provenance, ...seen }), seen);
      work.signal.throwIfAborted();
      if (measuresCosts(request) && target.kind === 'command') times.without.push((await runUntraced(target, work.thing().id, work.signal)).durationNs);
    }
    work.report({ done: request.runs, phase: 'done' });
    const overhead = overheadOf(times.without, times.armed, work.thing().seed, new Date().toISOString());
    if (overhead !== null) work.change({ ...work.thing(), overhead, overheadSays: overheadText(overhead, 'runs') });
  };
  const takeSample = (work: TraceWork, sample: Sample, { left, exit }: Pick<ReadWindow, 'left' | 'exit'>): void => {
    const trace = work.thing();
    const figures = traceFigures([...store.samples(trace.id), sample]);
    const exits = exit === null ? trace.exits : [...trace.exits, { index: sample.index, ...exit }];
    const next = { ...trace, figures, exits, left: { undecoded: trace.left.undecoded + left.undecoded, returnsWithoutCall: trace.left.returnsWithoutCall + left.returnsWithoutCall } };
    store.addSample(next, sample);
    work.change(next);
    work.publish({ type: 'sample', sample });
    work.publish({ type: 'trace', trace: next });
    feed.publish(list());
  };

  return {
    tracers: () => Promise.all(tracers.map(async ({ name, title, provenance, overhead, probe }) => ({ name, title, provenance, costs: overhead, ...(await probe()) }))),
    async start(request) {
      refuseEndless(request);
      const target = await resolveTarget(request.target, engines);
      const tracer = await chooseTracer({ instrument: request.instrument, calls: request.calls }, target);
      const tell = createRelay();
      const trace = newTrace(request, target, tracer, dependencies.fingerprint());
      const window = await open(request, { target, tracer, mark: trace.id, tell: tell.tell });
      try {
        return works.begin(trace, { title: `Watch the system calls of ${trace.name}`, route: `/measurements/programs/${trace.id}`, unit: 'steps', planned: request.runs }, (work) => carryOut(work, request, { window, target, tracer, tell }));
      } catch (error) {
        await window.drop();
        throw error;
      }
    },
    async cancel(id) {
      await works.cancel(id);
      return get(id);
    },
    list,
    get: withSamples,
    watch: (id, signal) => works.watch(id, signal, [{ type: 'snapshot', ...withSamples(id) }]),
    watchList: (signal) => watch(feed, list, signal),
    annotate(id, change) {
      const trace = { ...get(id), ...change };
      store.put(trace);
      works.change(trace, { type: 'trace', trace });
      feed.publish(list());
      return trace;
    },
    remove(id) {
      works.refuseActive(id, get(id).name);
      store.remove(id);
      feed.publish(list());
    },
    restore(id) {
      const trace = store.restore(id);
      feed.publish(list());
      return trace;
    },
    trash: () => store.trash(),
    async evidence({ id, index, ...page }) {
      const sample = withSamples(id).samples.find((one) => one.index === index);
      if (sample === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'sample', id: `${id}:${index}` });
      return lines.page(sample, page);
    },
    compare: (a, b) => compareTraces(withSamples(a), withSamples(b)),
    export: (id, format) => render(withSamples(id), format),
    async dispose() {
      await works.dispose();
      feed.close();
    },
  };
}

interface Opening {
  readonly target: TraceTarget;
  readonly tracer: ProcessTracer;
  readonly mark: string;
  readonly tell: (elapsedNs: number, traceBytes: number) => void;
}

/** The first window of a trace, opened before anybody heard of it. */
interface Begun {
  readonly window: OpenWindow;
  readonly target: TraceTarget;
  readonly tracer: ProcessTracer;
  readonly tell: Relay;
}

interface Relay {
  readonly tell: (elapsedNs: number, traceBytes: number) => void;
  use(listener: (elapsedNs: number, traceBytes: number) => void): void;
}

/** The window is there before the work that tells of it. */
function createRelay(): Relay {
  let listener: Relay['tell'] = () => undefined;
  return { tell: (elapsedNs, traceBytes) => listener(elapsedNs, traceBytes), use: (next) => void (listener = next) };
}

function progressOf(work: TraceWork, index: number): Relay['tell'] {
  let told = -Infinity;
  return (elapsedNs, traceBytes) => {
    if (elapsedNs - told < PROGRESS_NS) return;
    told = elapsedNs;
    work.publish({ type: 'progress', index, withInstrument: true, elapsedNs: Math.max(0, elapsedNs), traceBytes });
  };
}

function measuresCosts({ target, runs, costs }: Request): boolean {
  return target.kind === 'command' && (costs ?? true) && runs >= FEWEST_VALUES;
}

/** Throws INPUT_INVALID for what would never come to its second window, and for costs that cannot be had. */
function refuseEndless({ target, runs, durationSeconds, costs }: Request): void {
  const refuse = (path: string, message: string): never => {
    throw new DeclaredError('INPUT_INVALID', { issues: [{ path, message }] });
  };
  if (target.kind !== 'command' && runs > 1 && durationSeconds === null) refuse('durationSeconds', 'several windows of what runs already need a duration each');
  if (costs === true && target.kind !== 'command') refuse('costs', 'only a command can be run without the instrument, too');
  if (costs === true && runs < FEWEST_VALUES) refuse('runs', `what watching costs is measured from ${FEWEST_VALUES} runs on`);
}

function newTrace(request: Request, target: TraceTarget, tracer: ProcessTracer, host: HostFingerprint): ProgramTrace {
  const { durationSeconds, calls, runs, name, notes, tags, save } = request;
  return {
    id: `trace-${randomBytes(4).toString('hex')}`, name: name ?? traceName(request.target), notes: notes ?? '', tags: tags ?? [], createdAt: new Date().toISOString(), endedAt: null, state: 'running',
    target: request.target, pids: target.kind === 'processes' ? [...target.pids] : [], durationSeconds, calls: calls ?? null, runs, seed: randomInt(2 ** 31), host,
    provenance: tracer.provenance, costs: tracer.overhead, overhead: null, overheadSays: overheadSays(request), left: { undecoded: 0, returnsWithoutCall: 0 }, exits: [],
    figures: { samples: 0, systemCalls: null, durationNs: null }, failure: null, saved: save,
  };
}

/** Why what watching costs was not measured; for a command with enough runs, until it is. */
function overheadSays({ target, runs, costs }: Pick<Request, 'runs' | 'costs'> & { readonly target: TracedTarget }): string {
  if (target.kind !== 'command') return 'not measured: what runs already cannot be run again without the instrument';
  if (costs === false) return 'not measured: it was not wanted';
  return runs < FEWEST_VALUES ? `not measured: that takes ${FEWEST_VALUES} runs of the command` : 'not measured: not all runs came to their end';
}

const forms = {
  json: { mediaType: 'application/json', ending: 'json', text: (whole: TraceWithSamples) => `${JSON.stringify(whole, null, 2)}\n` },
  csv: { mediaType: 'text/csv', ending: 'csv', text: renderTraceCsv },
  text: { mediaType: 'text/plain', ending: 'txt', text: (whole: TraceWithSamples) => `${renderTraceText(whole, createPen(false))}\n` },
} as const;

function render(whole: TraceWithSamples, format: TraceFormat): RenderedTrace {
  const { mediaType, ending, text } = forms[format];
  const bytes = Buffer.from(text(whole));
  const { id, name } = whole.trace;
  return { fileName: reportFileName({ id, title: name }, ending), mediaType, base64: bytes.toString('base64'), digest: createHash('sha256').update(bytes).digest('hex') };
}
