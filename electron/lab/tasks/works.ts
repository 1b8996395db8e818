import { DeclaredError } from '../../contract/errors.ts';
import type { TaskPlan } from '../../core/tasks/taskList.ts';
import { closedFeed, createFeed, type Feed } from '../feed.ts';
import { describeError, type Log } from '../log.ts';
import type { RunningTask, TasksService } from './tasks.ts';
import { wasCancelled } from './wasCancelled.ts';

/** How work came to its end: `interrupted` when the lab ended first, or was lost; `failed` also when it was asked to stop and something else went wrong. */
export type WorkEnd = { readonly how: 'done' | 'cancelled' | 'interrupted' } | { readonly how: 'failed'; readonly error: unknown };

/** The work on one thing, as it sees itself. */
export interface Work<Thing, Event> {
  /** As it is now. */
  thing(): Thing;
  /** Only in memory: what must not be lost is kept by the work itself. */
  change(thing: Thing): void;
  /** For those who watch this thing. */
  publish(event: Event): void;
  readonly report: RunningTask['report'];
  /** Aborts when somebody cancels the work. */
  readonly cancelled: AbortSignal;
  /** Aborts when the lab ends. */
  readonly closing: AbortSignal;
  /** Aborts with either; the work then cleans up and throws. */
  readonly signal: AbortSignal;
}

export type PerformWork<Thing, Event> = (work: Work<Thing, Event>) => Promise<void>;

export interface WorksOptions<Thing, Event> {
  /** For the log: `run`, `campaign`. */
  readonly noun: string;
  readonly tasks: Pick<TasksService, 'run' | 'cancel'>;
  readonly log: Log;
  /** Stores the thing; throws what the disk refuses. */
  readonly keep: (thing: Thing) => void;
  /** The thing as it is after such an end. */
  readonly end: (thing: Thing, end: WorkEnd) => Thing;
  /** What those who watch a thing hear last; it is kept and no longer worked on by then. */
  readonly ended: (thing: Thing) => Event;
}

/**
 * Long work on the things of one noun, such as runs, campaigns and calibrations: each is a task, a thing has one at
 * most, and what becomes of it is stored whether it is done, cancelled or cut off, or the lab dies.
 */
export interface Works<Thing, Event> {
  /** Ends what a lab that died was still working on. */
  recover(left: readonly Thing[]): void;
  /** Keeps the thing and begins the work as a task. Throws what the disk refuses; nothing is then begun. */
  begin(thing: Thing, plan: TaskPlan, perform: PerformWork<Thing, Event>): Thing;
  isActive(id: string): boolean;
  /** A thing that was read from the disk as it is now: the disk may not know, or may have refused, the newest of it. */
  latest(stored: Thing): Thing;
  /** As `latest`, null when nothing newer than the disk is known. */
  newer(id: string): Thing | null;
  /** Tells the work, if there is one, that its thing was changed by somebody else. */
  change(thing: Thing, event?: Event): void;
  /** Resolves when the thing is no longer worked on. */
  cancel(id: string): Promise<void>;
  /** Throws GUEST_BUSY for a thing that is worked on. */
  refuseActive(id: string, name: string): void;
  /** The first events, then those of the work until it ends. */
  watch(id: string, signal: AbortSignal | undefined, first: readonly Event[]): AsyncGenerator<Event>;
  /** Interrupts everything and waits for its ends. */
  dispose(): Promise<void>;
}

interface Active<Thing, Event> {
  thing: Thing;
  readonly feed: Feed<Event>;
  task: string;
  ended: Promise<unknown>;
}

export function createWorks<Thing extends { readonly id: string }, Event = never>(options: WorksOptions<Thing, Event>): Works<Thing, Event> {
  const { noun, tasks, log } = options;
  const active = new Map<string, Active<Thing, Event>>();
  /** Things whose end could not be stored, so that at least this lab shows it. */
  const unstored = new Map<string, Thing>();
  const closing = new AbortController();

  const keep = (thing: Thing): void => {
    options.keep(thing);
    unstored.delete(thing.id);
  };
  /** Where a thing has come to is shown even if the disk no longer takes it. */
  const settle = (thing: Thing): void => {
    try {
      keep(thing);
    } catch (error) {
      unstored.set(thing.id, thing);
      log({ level: 'error', noun, message: `the end of a ${noun} could not be stored`, details: { [noun]: thing.id, error: describeError(error) } });
    }
  };
  const finish = (work: Active<Thing, Event>, end: WorkEnd): void => {
    work.thing = options.end(work.thing, end);
    settle(work.thing);
    active.delete(work.thing.id);
    work.feed.publish(options.ended(work.thing));
    work.feed.close();
  };
  const carryOut = async (work: Active<Thing, Event>, task: RunningTask, perform: PerformWork<Thing, Event>): Promise<void> => {
    try {
      await perform({
        ...{ cancelled: task.signal, closing: closing.signal, signal: AbortSignal.any([task.signal, closing.signal]) },
        thing: () => work.thing,
        change: (thing) => void (work.thing = thing),
        publish: (event) => work.feed.publish(event),
        report: (progress) => task.report(progress),
      });
    } catch (error) {
      finish(work, stopOf(error, { cancelled: task.signal, closing: closing.signal }));
      throw error;
    }
    finish(work, { how: 'done' });
  };
  const newer = (id: string): Thing | null => active.get(id)?.thing ?? unstored.get(id) ?? null;

  return {
    recover(left) {
      for (const thing of left) settle(options.end(thing, { how: 'interrupted' }));
    },
    begin(thing, plan, perform) {
      keep(thing);
      const work: Active<Thing, Event> = { thing, feed: createFeed<Event>(), task: '', ended: Promise.resolve() };
      active.set(thing.id, work);
      const { id, result } = tasks.run(plan, (task) => carryOut(work, task, perform));
      work.task = id;
      work.ended = result.catch(() => undefined);
      return thing;
    },
    isActive: (id) => active.has(id),
    latest: (stored) => newer(stored.id) ?? stored,
    newer,
    change(thing, event) {
      const work = active.get(thing.id);
      if (work === undefined) return;
      work.thing = thing;
      if (event !== undefined) work.feed.publish(event);
    },
    async cancel(id) {
      const work = active.get(id);
      if (work === undefined) return;
      tasks.cancel(work.task);
      await work.ended;
    },
    refuseActive(id, name) {
      if (active.has(id)) throw new DeclaredError('GUEST_BUSY', { guest: name, state: 'running', wanted: 'be removed' });
    },
    watch: (id, signal, first) => (active.get(id)?.feed ?? closedFeed<Event>()).subscribe(signal, ...first),
    async dispose() {
      closing.abort(new Error('the lab ends'));
      await Promise.all([...active.values()].map(({ ended }) => ended));
    },
  };
}

function stopOf(error: unknown, { cancelled, closing }: Pick<Work<never, never>, 'cancelled' | 'closing'>): WorkEnd {
  const wasAsked = (cancelled.aborted || closing.aborted) && wasCancelled(error, cancelled, closing);
  return wasAsked ? { how: closing.aborted ? 'interrupted' : 'cancelled' } : { how: 'failed', error };
}
