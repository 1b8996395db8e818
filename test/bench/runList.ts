// 100,000 runs with 10,000,000 samples: a page of the list, however it is filtered and ordered, and a run's chart. PETRI_BENCH_RUNS makes it smaller.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import type { Database } from '../../electron/host/storage/collections.ts';
import { openDataDirectory } from '../../electron/host/storage/dataDirectory.ts';
import { openRunIndex } from '../../electron/host/storage/runIndex.ts';
import { numbersOf } from '../../electron/core/measurements/sampleNumbers.ts';
import type { LabClient } from '../../electron/contract/contract.ts';
import { inMilliseconds, printRows, sayProgress, type BenchmarkRow } from '../support/benchmark.ts';
import { makeLabPlace } from '../support/labPlace.ts';
import { builtin, makeRun, makeSample, makeSubject } from '../unit/measurements/runs.ts';

const RUNS = Number(process.env['PETRI_BENCH_RUNS'] ?? 100_000);
const SAMPLES_OF_A_RUN = 100;
/** One run is as large as a plan may be: 8 subjects, 1,000 boots each. */
const LARGEST_RUN = 8_000;
const ROUNDS = 15;
const LIMIT_MS = 200;

const template = makeSample(0, builtin.phases.map((_, phase) => 3 * phase));
const run = makeRun([makeSubject()], { id: 'run-0', notes: 'One of many, with a note of the length that people write: after the update of QEMU, before the new disk.', endedAt: '2026-01-01T00:00:00.000Z' });

/** Numbers from 0 to below `?`. */
const counting = 'WITH RECURSIVE each (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM each WHERE n + 1 < CAST(? AS INTEGER))';
const idOf = (n: string): string => `printf('run-%06d', ${n})`;
const timeOf = (n: string): string => `strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + ${n} * 60, 'unixepoch')`;
const bootOf = (n: string): string => `20000000 + (${n} * 7919) % 9000000`;

/** The rows that a lab would have written, made by SQLite itself. */
function fill(database: Database): void {
  database.pragma('synchronous = OFF');
  openRunIndex(database).put(run);
  const { subject, words, guests } = database.prepare<[], { subject: string; words: string; guests: string }>('SELECT subject, words, guests FROM run_rows').get() ?? { subject: 'a', words: '', guests: '[]' };
  database.exec('DELETE FROM run_words; DELETE FROM run_rows; DELETE FROM run_guests');
  const say = (what: string): void => sayProgress(`${what}: ${RUNS} runs`);
  say('documents');
  database.prepare(`${counting} INSERT INTO documents (collection, id, json) SELECT 'runs', ${idOf('n')}, json_set(?, '$.id', ${idOf('n')}, '$.name', 'Run ' || n, '$.createdAt', ${timeOf('n')}) FROM each`).run(RUNS, JSON.stringify(run));
  say('rows');
  database.prepare(
    `${counting} INSERT INTO run_rows (run, subject, kind, name, created_at, ended_at, state, notes, tags, guests, words, samples, median_boot_ns)
     SELECT ${idOf('n')}, ?, CASE n % 10 WHEN 0 THEN 'memory' ELSE 'boot' END, 'Run ' || n, ${timeOf('n')}, ${timeOf('n')}, CASE n % 50 WHEN 0 THEN 'failed' ELSE 'done' END, ?, '["tag ' || (n % 40) || '"]', ?, 'run ' || n || ?, ?, ${bootOf('n')} FROM each`,
  ).run(RUNS, subject, run.notes, guests, words, SAMPLES_OF_A_RUN);
  database.exec('INSERT INTO run_words (rowid, run, words) SELECT rowid, run, words FROM run_rows; UPDATE run_rows SET words_row = rowid');
  database.prepare(`${counting} INSERT INTO run_tags SELECT 'tag ' || (n % 40), ${idOf('n')} FROM each`).run(RUNS);
  database.prepare(`${counting} INSERT INTO run_guests SELECT 'guest-' || (n % 300), ${idOf('n')} FROM each`).run(RUNS);
  say('samples');
  const samples = RUNS * SAMPLES_OF_A_RUN - LARGEST_RUN;
  const { phases, readings } = numbersOf(template, builtin);
  const place = (from: string): [string, string] => [idOf(`${from} / ${SAMPLES_OF_A_RUN}`), `${from} % ${SAMPLES_OF_A_RUN}`];
  const [id, index] = place('n');
  database.prepare(`${counting} INSERT INTO samples (run, sample_index, subject, outcome, boot_ns, json) SELECT ${id}, ${index}, 'a', 'complete', ${bootOf('n')}, '{"never":"read by a list or a chart"}' FROM each`).run(samples);
  say('numbers');
  const numbers = JSON.stringify({ phases, readings });
  database.prepare(`${counting} INSERT INTO sample_numbers SELECT ${id}, ${index}, 'a', 1, ${bootOf('n')}, ? FROM each`).run(samples, numbers);
  const largest = `run-${String(RUNS - 1).padStart(6, '0')}`;
  database.prepare('DELETE FROM sample_numbers WHERE run = ?').run(largest);
  database.prepare(`${counting} INSERT INTO sample_numbers SELECT ?, n, 'a', 1, ${bootOf('n')}, ? FROM each`).run(LARGEST_RUN, largest, numbers);
  database.pragma('wal_checkpoint(TRUNCATE)');
}

async function time(name: string, ask: () => Promise<unknown>): Promise<BenchmarkRow> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
  }
  const slowest = Math.max(...times);
  sayProgress(`${name}: slowest ${slowest.toFixed(1)} ms`);
  return { name, ours: inMilliseconds(times), reference: `slowest ${slowest.toFixed(0)} ms`, ratio: '', target: `< ${LIMIT_MS} ms`, runs: ROUNDS, met: median(times) < LIMIT_MS };
}

async function times(client: LabClient): Promise<BenchmarkRow[]> {
  const { find, series, trend } = client.measurements;
  const largest = `run-${String(RUNS - 1).padStart(6, '0')}`;
  const many = `of ${RUNS} runs`;
  return [
    await time(`the newest 100 ${many}`, () => find({})),
    await time(`the last page ${many}`, () => find({ offset: RUNS - 100 })),
    await time(`100 ${many} by name`, () => find({ order: 'name', offset: Math.floor(RUNS / 2) })),
    await time(`the 100 slowest ${many}`, () => find({ order: 'slowest' })),
    await time(`the 100 fastest ${many} of a kind and a state`, () => find({ order: 'fastest', kind: 'memory', state: 'failed' })),
    await time(`a tag ${many}`, () => find({ tag: 'tag 7' })),
    await time(`a guest and a kind ${many}`, () => find({ guest: 'guest-7', kind: 'boot' })),
    await time(`a text that one has ${many}`, () => find({ text: `run ${RUNS - 7}` })),
    await time(`a text that all have ${many}`, () => find({ text: 'before the new disk', order: 'slowest' })),
    await time(`two letters that all have ${many}`, () => find({ text: 'ma' })),
    await time(`a text that none has ${many}`, () => find({ text: 'no such words' })),
    await time(`the chart of a run of ${SAMPLES_OF_A_RUN} samples`, () => series({ id: 'run-000042', subject: 'a', metric: 'bootTime' })),
    await time(`the chart of a phase of ${LARGEST_RUN} samples`, () => series({ id: largest, subject: 'a', metric: 'phase', phase: builtin.phases[4]?.name ?? '' })),
    await time('the trend of a guest over its runs', () => trend({ guest: 'guest-7', metric: 'bootTime' })),
  ];
}

const place = makeLabPlace();
try {
  const data = openDataDirectory(place.dataDirectory);
  fill(data.database);
  data.dispose();
  const bytes = statSync(join(place.dataDirectory, 'lab.sqlite')).size;
  sayProgress(`the database has ${(bytes / 1e9).toFixed(1)} GB`);
  const began = performance.now();
  const { client } = await place.open();
  const openedMs = performance.now() - began;
  const rows = await times(client);
  printRows([...rows, { name: `a lab opens ${(bytes / 1e9).toFixed(1)} GB`, ours: `${(openedMs / 1_000).toFixed(1)} s`, reference: '', ratio: '', target: '', runs: 1, met: true }]);
} finally {
  await place.close();
}
