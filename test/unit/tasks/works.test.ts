import { describe, expect, it } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import { createActivity } from '../../../electron/lab/activity.ts';
import type { LogRecord } from '../../../electron/lab/log.ts';
import { createTasks } from '../../../electron/lab/tasks/tasks.ts';
import { createWorks, type Work, type WorkEnd } from '../../../electron/lab/tasks/works.ts';

interface Loaf {
  readonly id: string;
  readonly state: string;
}

const plan = { title: 'Bake', route: null, unit: 'steps', planned: 1 } as const;
const loaf: Loaf = { id: 'loaf-1', state: 'running' };

/** A shelf with `disk`, which refuses while it is full. */
function setUp() {
  const records: LogRecord[] = [];
  const ends: WorkEnd[] = [];
  const log = (record: LogRecord): void => void records.push(record);
  const tasks = createTasks({ log, activity: createActivity() });
  const disk = new Map<string, Loaf>();
  const shelf = { full: false };
  const works = createWorks<Loaf, string>({
    ...{ noun: 'loaf', tasks, log },
    keep(thing) {
      if (shelf.full) throw new DeclaredError('DISK_FULL', { path: '/shelf', availableBytes: 0 });
      disk.set(thing.id, thing);
    },
    end(thing, end) {
      ends.push(end);
      return { ...thing, state: end.how };
    },
    ended: ({ state }) => state,
  });
  return { works, tasks, disk, shelf, records, ends };
}

const untilAborted = ({ signal }: Work<Loaf, string>): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

async function heard(events: AsyncGenerator<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('the works of a noun', () => {
  it('store a thing before it is worked on and as it ended, and tell those who watch', async () => {
    const { works, disk } = setUp();
    const gate = Promise.withResolvers<undefined>();
    works.begin(loaf, plan, async (work) => {
      await gate.promise;
      work.change({ ...work.thing(), state: 'risen' });
      work.publish('it rises');
    });
    expect(disk.get('loaf-1')).toEqual(loaf);
    const events = heard(works.watch('loaf-1', undefined, ['first']));
    gate.resolve(undefined);
    expect(await events).toEqual(['first', 'it rises', 'done']);
    expect(disk.get('loaf-1')?.state).toBe('done');
    expect(works.isActive('loaf-1')).toBe(false);
    expect(await heard(works.watch('loaf-1', undefined, ['later']))).toEqual(['later']);
  });

  it('say whether a thing was cancelled, failed, or cut off by the end of the lab', async () => {
    const { works, disk } = setUp();
    for (const id of ['a', 'b', 'c']) works.begin({ ...loaf, id }, plan, id === 'b' ? () => Promise.reject(new Error('burnt')) : untilAborted);
    expect(() => works.refuseActive('a', 'Rye')).toThrow(new DeclaredError('GUEST_BUSY', { guest: 'Rye', state: 'running', wanted: 'be removed' }));
    await works.cancel('a');
    await works.cancel('unknown');
    await works.dispose();
    expect([...disk.values()].map(({ id, state }) => `${id} ${state}`)).toEqual(['a cancelled', 'b failed', 'c interrupted']);
  });

  it('say what went wrong while they were being cancelled, which the cancelling itself is not', async () => {
    const { works, disk, ends } = setUp();
    const full = new DeclaredError('DISK_FULL', { path: '/shelf', availableBytes: 0 });
    const killed = new DeclaredError('PROCESS_FAILED', { command: 'oven', args: [], exitCode: null, signal: 'SIGTERM', stderrTail: '', cancelled: true });
    const broken = new Error('the oven broke');
    const thrown: Record<string, Error> = { full, killed, broken, aborted: new DOMException('off', 'AbortError'), asked: new DeclaredError('CANCELLED', { task: 'Bake' }), wrapped: new Error('not baked', { cause: killed }) };
    for (const id of Object.keys(thrown)) works.begin({ ...loaf, id }, plan, (work) => untilAborted(work).catch(() => Promise.reject(thrown[id] ?? broken)));
    for (const id of Object.keys(thrown)) await works.cancel(id);
    expect([...disk.values()].map(({ id, state }) => `${id} ${state}`)).toEqual(['full failed', 'killed cancelled', 'broken failed', 'aborted cancelled', 'asked cancelled', 'wrapped cancelled']);
    expect(ends.filter(({ how }) => how === 'failed')).toEqual([{ how: 'failed', error: full }, { how: 'failed', error: broken }]);
  });

  it('say what went wrong while the lab ended', async () => {
    const { works, disk } = setUp();
    works.begin(loaf, plan, (work) => untilAborted(work).catch(() => Promise.reject(new DeclaredError('DISK_FULL', { path: '/shelf', availableBytes: 0 }))));
    await works.dispose();
    expect(disk.get('loaf-1')?.state).toBe('failed');
  });

  it('end what a dead lab left', () => {
    const { works, disk } = setUp();
    works.recover([loaf]);
    expect(disk.get('loaf-1')?.state).toBe('interrupted');
  });

  it('begin nothing that the disk refuses', () => {
    const { works, shelf, tasks } = setUp();
    shelf.full = true;
    expect(() => works.begin(loaf, plan, untilAborted)).toThrow(DeclaredError);
    expect(works.isActive('loaf-1')).toBe(false);
    expect(tasks.list()).toEqual([]);
  });

  it('show an end that the disk refused until it takes the thing again', async () => {
    const { works, disk, shelf, records } = setUp();
    const gate = Promise.withResolvers<undefined>();
    works.begin(loaf, plan, () => gate.promise);
    const events = heard(works.watch('loaf-1', undefined, []));
    shelf.full = true;
    gate.resolve(undefined);
    expect(await events).toEqual(['done']);
    expect([disk.get('loaf-1')?.state, works.latest(loaf).state]).toEqual(['running', 'done']);
    expect(records).toMatchObject([{ level: 'error', noun: 'loaf', details: { loaf: 'loaf-1' } }]);
    shelf.full = false;
    works.recover([loaf]);
    expect([disk.get('loaf-1')?.state, works.newer('loaf-1')]).toEqual(['interrupted', null]);
  });
});
