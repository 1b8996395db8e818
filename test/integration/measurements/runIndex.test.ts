import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Run, RunListItem, Sample } from '../../../electron/contract/measurements.ts';
import { medianBoot } from '../../../electron/core/measurements/bootSeries.ts';
import { openDataDirectory, type DataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { migrations } from '../../../electron/host/storage/migrations.ts';
import { repairDatabase } from '../../../electron/host/storage/repairDatabase.ts';
import { conditionsOf, fillRunIndex, pageOf, type RunQuery } from '../../../electron/host/storage/runIndex.ts';
import { purgeTrash } from '../../../electron/host/storage/trash.ts';
import { createRunCharts } from '../../../electron/lab/measurements/runCharts.ts';
import { createRunStore, type RunStore } from '../../../electron/lab/measurements/runStore.ts';
import { scratch } from '../../support/scratch.ts';
import { builtin, makeRun, makeSample, makeSubject } from '../../unit/measurements/runs.ts';

let data: DataDirectory;
let store: RunStore;

beforeEach(() => {
  data = openDataDirectory(join(scratch(), 'lab'));
  store = createRunStore(data.database);
});
afterEach(() => data.dispose());

const page = (change: Partial<RunQuery> = {}): { total: number; items: RunListItem[] } => store.find({ order: 'newest', offset: 0, limit: 100, ...change });
const ids = (change: Partial<RunQuery> = {}): string[] => page(change).items.map(({ id }) => id);
const boot = (index: number, totalMs: number, change: Partial<Sample> = {}): Sample => makeSample(index, builtin.phases.map((_, phase) => (totalMs * phase) / (builtin.phases.length - 1)), change);

function add(number: number, change: Partial<Run> = {}, bootMs: readonly number[] = []): Run {
  const run = makeRun(change.subjects ?? [makeSubject()], { id: `run-${number}`, name: `Run ${number}`, createdAt: `2026-01-0${number}T00:00:00.000Z`, ...change });
  store.put(run);
  for (const [index, ms] of bootMs.entries()) store.addSample(run, boot(index, ms));
  return run;
}

describe('the list of runs', () => {
  beforeEach(() => {
    const other = makeSubject({ label: 'Överraskning', guest: { ...makeSubject().guest, id: 'other' } });
    add(1, { tags: ['slow disk', 'x'], notes: 'before the change' }, [30, 10, 20]);
    add(2, { kind: 'memory', tags: ['x'], subjects: [other] }, [5]);
    add(3, { state: 'failed', name: 'ärger' });
    add(4, { saved: false, tags: ['y'] }, [12]);
  });

  it('is found by a text of any length and any characters, whether one has it or all', () => {
    expect(ids({ text: 'ru' })).toHaveLength(4);
    expect(ids({ text: 'run', limit: 2 })).toEqual(['run-4', 'run-3']);
    expect(ids({ text: 'ow d', order: 'name' })).toEqual(['run-1']);
    store.put({ ...store.run('run-2'), notes: 'a "quoted" AND (an odd* one)' });
    for (const text of ['"quoted" AND (', 'odd* one)', '"q', 'd" a']) expect(ids({ text })).toEqual(['run-2']);
    for (const text of ['quoted OR odd', 'odd*one', '""']) expect(ids({ text })).toEqual([]);
    expect(ids({ text: 'before the', kind: 'boot', tag: 'x' })).toEqual(['run-1']);
    expect(ids({ text: 'before the', kind: 'memory' })).toEqual([]);
  });

  it('is found by text, kind, state, tag and guest, alone and together', () => {
    expect(ids()).toEqual(['run-4', 'run-3', 'run-2', 'run-1']);
    expect(ids({ text: 'BEFORE the' })).toEqual(['run-1']);
    expect(ids({ text: ' överRASK ' })).toEqual(['run-2']);
    expect(ids({ text: 'ÄRGER' })).toEqual(['run-3']);
    expect(ids({ text: 'run-4' })).toEqual(['run-4']);
    expect(ids({ kind: 'memory' })).toEqual(['run-2']);
    expect(ids({ state: 'failed' })).toEqual(['run-3']);
    expect(ids({ tag: 'x' })).toEqual(['run-2', 'run-1']);
    expect(ids({ tag: 'x', guest: 'other' })).toEqual(['run-2']);
    expect(ids({ tag: 'x', guest: 'other', kind: 'boot' })).toEqual([]);
    expect(store.tags()).toEqual(['slow disk', 'x', 'y']);
  });

  it('is ordered as asked, runs without a boot last, and an unsaved one stands where it belongs', () => {
    expect(ids({ order: 'oldest' })).toEqual(['run-1', 'run-2', 'run-3', 'run-4']);
    expect(ids({ order: 'name' })).toEqual(['run-1', 'run-2', 'run-4', 'run-3']);
    expect(ids({ order: 'fastest' })).toEqual(['run-2', 'run-4', 'run-1', 'run-3']);
    expect(ids({ order: 'slowest' })).toEqual(['run-1', 'run-4', 'run-2', 'run-3']);
  });

  it.each(['newest', 'oldest', 'name', 'slowest', 'fastest'] as const)('comes in pages that together are the whole, by %s', (order) => {
    const pages = [0, 1, 2, 3, 4].map((offset) => page({ order, offset, limit: 1 }));
    expect(pages.map(({ total }) => total)).toEqual([4, 4, 4, 4, 4]);
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids({ order }));
  });

  it('shows of a run what its samples say, and counts those that count', () => {
    const [item] = page({ text: 'run-1' }).items;
    expect(item).toMatchObject({ samples: 3, medianBootNs: medianBoot(store.run('run-1'), store.samples('run-1')), guests: ['Built-in'], tags: ['slow disk', 'x'] });
    store.addSample(store.run('run-1'), boot(3, 40, { warmUp: true }));
    store.addSample(store.run('run-1'), boot(4, 41, { outcome: 'failed' }));
    expect(page({ text: 'run-1' }).items).toMatchObject([{ samples: 3, medianBootNs: 20e6 }]);
    store.addSample(store.run('run-1'), boot(5, 40));
    expect(page({ text: 'run-1' }).items).toMatchObject([{ samples: 4, medianBootNs: 25e6 }]);
  });

  it('loses what is removed, with its tags, and has it again when it is restored', () => {
    store.remove('run-1');
    expect(ids({ tag: 'x' })).toEqual(['run-2']);
    expect(store.tags()).toEqual(['x', 'y']);
    expect(store.trash()).toMatchObject([{ id: 'run-1', name: 'Run 1' }]);
    store.restore('run-1');
    expect(page({ tag: 'slow disk' }).items).toMatchObject([{ id: 'run-1', samples: 3, medianBootNs: 20e6 }]);
  });

  it('forgets the numbers of what leaves the trash', () => {
    store.remove('run-1');
    purgeTrash(data, new Date('2100-01-01'));
    expect(store.numbers('run-1')).toEqual([]);
    expect(store.trash()).toEqual([]);
  });

  it('changes a run and its row together or not at all', () => {
    data.database.exec("CREATE TRIGGER broken BEFORE INSERT ON run_rows BEGIN SELECT RAISE(ABORT, 'broken'); END");
    expect(() => store.put({ ...store.run('run-1'), name: 'Another' })).toThrow('broken');
    expect(store.run('run-1').name).toBe('Run 1');
  });
});

/** How SQLite would carry out a statement. */
function planOf(sql: string, values: readonly unknown[]): string {
  return data.database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values).map(({ detail }) => detail).join('\n');
}

describe('the plan of each statement', () => {
  it.each([['newest', 'run_rows_by_time'], ['oldest', 'run_rows_by_time'], ['name', 'run_rows_by_name'], ['slowest', 'run_rows_by_boot'], ['fastest', 'run_rows_by_boot_known']] as const)('reads a page by %s in the order of its index', (order, index) => {
    const plan = planOf(pageOf({ order }, ''), [100, 0]);
    expect(plan).toContain(index);
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it.each([[{ state: 'running' }, 'run_rows_by_state'], [{ kind: 'boot' }, 'run_rows_by_kind']] as const)('reads a page of %j by its own index, in order', (query, index) => {
    const { where, values } = conditionsOf(query, false);
    const plan = planOf(pageOf({ order: 'newest' }, where), [...values, 100, 0]);
    expect(plan).toContain(index);
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it.each([[{ tag: 'x' }, 'run_tags'], [{ guest: 'x' }, 'run_guests']] as const)('looks up %j, and sorts nothing but what it found', (query, table) => {
    const { where, values } = conditionsOf(query, false);
    expect(planOf(pageOf({ order: 'newest' }, where), [...values, 100, 0])).toMatch(new RegExp(`SEARCH ${table} USING PRIMARY KEY`));
  });

  it('looks up a rare text, and the runs that have it alone', () => {
    const { where, values } = conditionsOf({ text: 'rare "words"' }, true);
    const plan = planOf(pageOf({ order: 'slowest' }, where), [...values, 100, 0]);
    expect(plan).toContain('SEARCH run_rows USING INDEX sqlite_autoindex_run_rows_1 (run=?)');
    expect(plan).toContain('SCAN run_words VIRTUAL TABLE');
  });

  it('reads the numbers of one run, and no other row', () => {
    expect(planOf('SELECT numbers FROM sample_numbers WHERE run = ? ORDER BY sample_index', ['x'])).toBe('SEARCH sample_numbers USING PRIMARY KEY (run=?)');
    expect(planOf("SELECT id FROM documents WHERE collection = 'runs' AND trashed_at IS NOT NULL ORDER BY trashed_at DESC", [])).toContain('documents_in_trash');
  });

  it('never reads a document for the list, or a sample for a chart', () => {
    const run = add(1, {}, [1, 2, 3]);
    data.database.exec("UPDATE documents SET json = '{}'; UPDATE samples SET json = '{}'");
    expect(page().items).toMatchObject([{ id: run.id, samples: 3 }]);
    expect(store.numbers(run.id).map(({ bootNs }) => bootNs)).toEqual([1e6, 2e6, 3e6]);
  });
});

describe('the index', () => {
  const everything = () => ['run_rows', 'run_tags', 'run_guests', 'sample_numbers'].map((table) => data.database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all());

  beforeEach(() => {
    add(1, { tags: ['x'] }, [30, 10, 20]);
    add(2, {}, [5]);
    add(3, {}, [7]);
    store.remove('run-3');
  });

  it('is made anew from the documents as it was', () => {
    const before = everything();
    fillRunIndex(data.database);
    expect(everything()).toEqual(before);
  });

  it('is made for a directory of before it, after a backup, and what cannot be read is left out', () => {
    const before = everything();
    data.database.exec("INSERT INTO documents (collection, id, json) VALUES ('runs', 'broken', 'no JSON'), ('runs', 'strange', '{\"id\":1}')");
    data.database.exec('DROP TABLE run_words; DROP TABLE run_rows; DROP TABLE run_tags; DROP TABLE run_guests; DROP TABLE sample_numbers; DROP TABLE history; DROP INDEX documents_in_trash; PRAGMA user_version = 1');
    const { path } = data;
    data.dispose();
    data = openDataDirectory(path, migrations);
    expect(everything()).toEqual(before);
  });

  it('of a directory that has it without the words is kept, and its texts are found', () => {
    const before = everything().slice(1);
    data.database.exec('DROP TABLE run_words; ALTER TABLE run_rows DROP COLUMN words_row; PRAGMA user_version = 3');
    const { path } = data;
    data.dispose();
    data = openDataDirectory(path, migrations);
    store = createRunStore(data.database);
    expect(everything().slice(1)).toEqual(before);
    expect(ids({ text: 'run-2' })).toEqual(['run-2']);
    store.remove('run-2');
    expect(ids({ text: 'run-2' })).toEqual([]);
    expect(data.database.prepare('SELECT run FROM run_words').pluck().all()).toEqual(['run-1']);
  });

  it('is there after a repair', () => {
    const before = everything();
    const { path } = data;
    data.dispose();
    const file = join(path, 'lab.sqlite');
    const bytes = readFileSync(file);
    // The root page of an index that nothing of a person's is in.
    const opened = new Database(file, { readonly: true });
    const page = opened.prepare<[], { rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE name = 'run_rows_by_name'").get()?.rootpage ?? 0;
    opened.close();
    writeFileSync(file, Buffer.concat([bytes.subarray(0, (page - 1) * 4_096), Buffer.alloc(4_096, 0xa5), bytes.subarray(page * 4_096)]));
    expect(repairDatabase(path)).toMatchObject({ outcome: 'repaired', unreadable: 0 });
    data = openDataDirectory(path);
    expect(everything()).toEqual(before);
  });
});

describe('charts', () => {
  it('have one number of each sample of a subject', () => {
    const run = add(1, {}, [30, 10, 20]);
    const charts = createRunCharts(store);
    const query = { id: run.id, subject: 'a', points: 100 };
    expect(charts.series({ ...query, metric: 'bootTime' })).toEqual({ total: 3, values: [{ index: 0, value: 30e6 }, { index: 1, value: 10e6 }, { index: 2, value: 20e6 }] });
    const phase = builtin.phases.at(-1)?.name ?? '';
    expect(charts.series({ ...query, metric: 'phase', phase }).total).toBe(3);
    expect(() => charts.series({ ...query, metric: 'phase' })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }) as Error);
    expect(() => charts.series({ ...query, subject: 'z', metric: 'bootTime' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
  });

  it('of a guest over its runs say which can be compared with the newest', () => {
    add(1, {}, [10, 11, 12, 13, 14, 15]);
    add(2, { subjects: [makeSubject({ accelerator: 'kvm' })] }, [1]);
    add(3, {}, [20]);
    add(4, {});
    // The newest run has no boot that counts: it is not what the others are compared with.
    add(5, { subjects: [makeSubject({ accelerator: 'kvm' })] });
    const trend = createRunCharts(store).trend('builtin', 'bootTime');
    expect(trend).toEqual([
      { run: 'run-1', at: '2026-01-01T00:00:00.000Z', median: 12.5e6, low: 10e6, high: 15e6, comparable: true, obstacle: null, change: null, level: 16.25e6, stretch: 0 },
      { run: 'run-2', at: '2026-01-02T00:00:00.000Z', median: 1e6, low: null, high: null, comparable: false, obstacle: 'They ran with different accelerators: tcg and kvm.', change: null, level: 1e6, stretch: 1 },
      { run: 'run-3', at: '2026-01-03T00:00:00.000Z', median: 20e6, low: null, high: null, comparable: true, obstacle: null, change: null, level: 16.25e6, stretch: 0 },
    ]);
  });
});
