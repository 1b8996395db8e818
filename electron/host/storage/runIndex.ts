import type { MeasurementKind, Run, RunListItem, Sample } from '../../contract/measurements.ts';
import { medianBootOf, numbersOf, type SampleNumbers } from '../../core/measurements/sampleNumbers.ts';
import { tableOfKey } from '../../core/measurements/subjectTable.ts';
import type { Database } from './collections.ts';
import { onDisk } from './storageFailures.ts';

/** What the list is asked for, as `measurements.find` has it. */
export interface RunQuery {
  readonly text?: string | undefined;
  readonly kind?: MeasurementKind | undefined;
  readonly state?: Run['state'] | undefined;
  readonly tag?: string | undefined;
  readonly guest?: string | undefined;
  readonly order: 'newest' | 'oldest' | 'name' | 'slowest' | 'fastest';
  readonly offset: number;
  readonly limit: number;
}

/**
 * What lists and charts show of runs and samples, in columns of their own: they are read without the documents, which
 * are large. It holds nothing that the documents do not hold, and `fillRunIndex` makes it anew from them.
 */
export interface RunIndex {
  /** Writes the row of a run, as it and its samples are now. */
  put(run: Run): void;
  add(run: string, numbers: SampleNumbers): void;
  /** Takes a run from the list; the numbers of its samples stay, so that it can be put back. */
  hide(run: string): void;
  find(query: RunQuery): { total: number; items: RunListItem[] };
  tags(): string[];
  idsIn(state: Run['state']): string[];
  countSamples(run: string): number;
  /** Of all samples of a run, in their order. */
  numbers(run: string): SampleNumbers[];
  trash(): { id: string; name: string; trashedAt: string }[];
}

interface RunRow {
  readonly run: string;
  readonly kind: MeasurementKind;
  readonly name: string;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly state: Run['state'];
  readonly notes: string;
  readonly tags: string;
  readonly guests: string;
  readonly samples: number;
  readonly median_boot_ns: number | null;
}

interface NumbersRow {
  readonly sample_index: number;
  readonly subject: string;
  readonly counted: number;
  readonly boot_ns: number | null;
  readonly numbers: string;
}

const writeRow = `
  INSERT OR REPLACE INTO run_rows (run, subject, kind, name, created_at, ended_at, state, notes, tags, guests, words, words_row, samples, median_boot_ns)
  VALUES (@run, @subject, @kind, @name, @created_at, @ended_at, @state, @notes, @tags, @guests, @words, @words_row, @samples, @median_boot_ns)`;
const shown = 'run, kind, name, created_at, ended_at, state, notes, tags, guests, samples, median_boot_ns';
/** Jumps from one tag to the next in the index: there are far fewer tags than tagged runs. */
const eachTag = `
  WITH RECURSIVE each (tag) AS (
    SELECT min(tag) FROM run_tags
    UNION ALL
    SELECT (SELECT min(tag) FROM run_tags WHERE tag > each.tag) FROM each WHERE each.tag IS NOT NULL
  )
  SELECT tag FROM each WHERE tag IS NOT NULL`;

export function openRunIndex(database: Database): RunIndex {
  const guarded = <Result>(action: () => Result): Result => onDisk(database.name, action);
  const write = database.prepare<[RunRow & { subject: string; words: string; words_row: number | bigint }]>(writeRow);
  const writeWords = database.prepare<[string, string]>('INSERT INTO run_words (run, words) VALUES (?, ?)');
  const forgetWords = database.prepare<[string]>('DELETE FROM run_words WHERE rowid = (SELECT words_row FROM run_rows WHERE run = ?)');
  const countMatches = database.prepare<[string, number], number>('SELECT count(*) FROM (SELECT 1 FROM run_words WHERE run_words MATCH ? LIMIT ?)').pluck();
  const forgetTags = database.prepare<[string]>('DELETE FROM run_tags WHERE run = ?');
  const forgetGuests = database.prepare<[string]>('DELETE FROM run_guests WHERE run = ?');
  const forgetRow = database.prepare<[string]>('DELETE FROM run_rows WHERE run = ?');
  const writeTag = database.prepare<[string, string]>('INSERT OR IGNORE INTO run_tags (tag, run) VALUES (?, ?)');
  const writeGuest = database.prepare<[string, string]>('INSERT OR IGNORE INTO run_guests (guest, run) VALUES (?, ?)');
  const writeNumbers = database.prepare('INSERT INTO sample_numbers (run, sample_index, subject, counted, boot_ns, numbers) VALUES (?, ?, ?, ?, ?, ?)');
  const subjectOf = database.prepare<[string], { subject: string }>('SELECT subject FROM run_rows WHERE run = ?');
  const writeSummary = database.prepare<[number, number | null, string]>('UPDATE run_rows SET samples = ?, median_boot_ns = ? WHERE run = ?');
  const countCounted = database.prepare<[string], { total: number }>('SELECT count(*) AS total FROM sample_numbers WHERE run = ? AND counted = 1');
  const count = database.prepare<[string], { total: number }>('SELECT count(*) AS total FROM sample_numbers WHERE run = ?');
  const boots = database.prepare<[string, string], { boot_ns: number }>('SELECT boot_ns FROM sample_numbers WHERE run = ? AND subject = ? AND counted = 1 AND boot_ns IS NOT NULL');
  const numbersOfRun = database.prepare<[string], NumbersRow>('SELECT sample_index, subject, counted, boot_ns, numbers FROM sample_numbers WHERE run = ? ORDER BY sample_index');
  const inState = database.prepare<[string], { run: string }>('SELECT run FROM run_rows WHERE state = ? ORDER BY created_at');
  const trashed = database.prepare<[], { id: string; name: string; trashedAt: string }>(
    `SELECT id, json_extract(json, '$.name') AS name, trashed_at AS trashedAt FROM documents
     WHERE collection = 'runs' AND trashed_at IS NOT NULL AND json_valid(json) ORDER BY trashed_at DESC`,
  );
  const tagsOfAll = database.prepare<[], { tag: string }>(eachTag);

  const summary = (run: string, subject: string): { samples: number; median_boot_ns: number | null } => {
    const values = boots.all(run, subject).map(({ boot_ns }) => boot_ns);
    return { samples: countCounted.get(run)?.total ?? 0, median_boot_ns: medianBootOf(values) };
  };
  const hide = (run: string): void => {
    for (const forget of [forgetWords, forgetTags, forgetGuests, forgetRow]) forget.run(run);
  };
  const isRare = (text: string | undefined): boolean => {
    const words = textOf(text);
    return words !== null && Array.from(words).length >= 3 && (countMatches.get(phraseOf(words), RARE + 1) ?? 0) <= RARE;
  };
  return {
    put: (run) => guarded(() => {
      hide(run.id);
      const subject = run.subjects[0]?.key ?? '';
      const words = wordsOf(run);
      write.run({ ...rowOf(run), subject, words, words_row: writeWords.run(run.id, words).lastInsertRowid, ...summary(run.id, subject) });
      for (const tag of run.tags) writeTag.run(tag, run.id);
      for (const { guest } of run.subjects) writeGuest.run(guest.id, run.id);
    }),
    add: (run, { index, subject, counted, bootNs, phases, readings }) => guarded(() => {
      writeNumbers.run(run, index, subject, counted ? 1 : 0, bootNs, JSON.stringify({ phases, readings }));
      const first = subjectOf.get(run);
      if (first === undefined) return;
      const { samples, median_boot_ns } = summary(run, first.subject);
      writeSummary.run(samples, median_boot_ns, run);
    }),
    hide: (run) => guarded(() => hide(run)),
    find: (query) => guarded(() => {
      const { where, values } = conditionsOf(query, isRare(query.text));
      const total = database.prepare<unknown[], { total: number }>(`SELECT count(*) AS total FROM run_rows ${where}`).get(...values)?.total ?? 0;
      const rows = total === 0 ? [] : database.prepare<unknown[], RunRow>(pageOf(query, where)).all(...values, query.limit, query.offset);
      return { total, items: rows.map(itemOf) };
    }),
    tags: () => guarded(() => tagsOfAll.all()).map(({ tag }) => tag),
    idsIn: (state) => guarded(() => inState.all(state)).map(({ run }) => run),
    countSamples: (run) => guarded(() => count.get(run))?.total ?? 0,
    numbers: (run) => guarded(() => numbersOfRun.all(run)).map(numbersIn),
    trash: () => guarded(() => trashed.all()),
  };
}

/** The statement of a page: its conditions and its order are served by indexes. */
export function pageOf({ order }: Pick<RunQuery, 'order'>, where: string): string {
  return `SELECT ${shown} FROM run_rows ${where} ORDER BY ${orders[order]} LIMIT ? OFFSET ?`;
}

const orders: Readonly<Record<RunQuery['order'], string>> = {
  newest: 'created_at DESC, run DESC',
  oldest: 'created_at, run',
  name: 'name COLLATE NOCASE, run',
  // NULL is the smallest of all, so runs without a boot stand last here by themselves.
  slowest: 'median_boot_ns DESC, run DESC',
  fastest: 'median_boot_ns IS NULL, median_boot_ns, run',
};

/** Of a text that so few runs have, they are looked up and sorted; of one that more have, a page is soon found in the order of the list. */
const RARE = 2_000;

function textOf(text: string | undefined): string | null {
  const words = (text ?? '').trim().toLowerCase();
  return words === '' ? null : words;
}

const phraseOf = (words: string): string => `"${words.replaceAll('"', '""')}"`;

/** The WHERE of a query and what stands for its question marks; a rare text of three characters or more is looked up. */
export function conditionsOf({ text, kind, state, tag, guest }: Partial<RunQuery>, isRare: boolean): { where: string; values: string[] } {
  const words = textOf(text) ?? undefined;
  const conditions = ([
    ['kind = ?', kind],
    ['state = ?', state],
    ['run IN (SELECT run FROM run_tags WHERE tag = ?)', tag],
    ['run IN (SELECT run FROM run_guests WHERE guest = ?)', guest],
    ['run IN (SELECT run FROM run_words WHERE run_words MATCH ?)', isRare && words !== undefined ? phraseOf(words) : undefined],
    ['instr(words, ?) > 0', words],
  ] as const).flatMap(([condition, value]) => (value === undefined ? [] : [{ condition, value }]));
  return { where: conditions.length === 0 ? '' : `WHERE ${conditions.map(({ condition }) => condition).join(' AND ')}`, values: conditions.map(({ value }) => value) };
}

/** The labels of what was measured, without controls. */
export function labelsOf({ subjects }: Pick<Run, 'subjects'>): string[] {
  return subjects.filter(({ control }) => !control).map(({ label }) => label);
}

/** What a text filter looks in, in lower case. */
export function wordsOf(run: Pick<Run, 'id' | 'name' | 'notes' | 'tags' | 'subjects'>): string {
  return [run.id, run.name, run.notes, ...run.tags, ...labelsOf(run)].join('\n').toLowerCase();
}

function rowOf(run: Run): Omit<RunRow, 'samples' | 'median_boot_ns'> {
  const { id, kind, name, createdAt, endedAt, state, notes, tags } = run;
  return { run: id, kind, name, created_at: createdAt, ended_at: endedAt, state, notes, tags: JSON.stringify(tags), guests: JSON.stringify(labelsOf(run)) };
}

function itemOf({ run, kind, name, created_at, ended_at, state, notes, tags, guests, samples, median_boot_ns }: RunRow): RunListItem {
  return {
    ...{ id: run, kind, name, createdAt: created_at, endedAt: ended_at, state, notes, samples, medianBootNs: median_boot_ns },
    tags: JSON.parse(tags) as string[],
    guests: JSON.parse(guests) as string[],
  };
}

function numbersIn({ sample_index, subject, counted, boot_ns, numbers }: NumbersRow): SampleNumbers {
  const { phases, readings } = JSON.parse(numbers) as Pick<SampleNumbers, 'phases' | 'readings'>;
  return { index: sample_index, subject, counted: counted === 1, bootNs: boot_ns, phases, readings };
}

/**
 * Makes the index from the documents: when a database is carried to the version that has it, and after a repair.
 * A document that cannot be read is left out, as it is left out of its collection.
 */
export function fillRunIndex(database: Database): void {
  for (const table of ['run_words', 'run_rows', 'run_tags', 'run_guests', 'sample_numbers']) database.exec(`DELETE FROM ${table}`);
  const index = openRunIndex(database);
  const samplesOf = database.prepare<[string], { json: string }>('SELECT json FROM samples WHERE run = ? ORDER BY sample_index');
  const insert = database.prepare('INSERT OR IGNORE INTO sample_numbers (run, sample_index, subject, counted, boot_ns, numbers) VALUES (?, ?, ?, ?, ?, ?)');
  const documents = database.prepare<[], { row: number }>("SELECT row FROM documents WHERE collection = 'runs' ORDER BY row");
  const document = database.prepare<[number], { json: string; trashed_at: string | null }>('SELECT json, trashed_at FROM documents WHERE row = ?');
  for (const { row } of documents.all()) {
    attempt(() => {
      const { json, trashed_at } = document.get(row) ?? { json: '', trashed_at: null };
      // Kinds are younger than the first runs.
      const run = { ...{ kind: 'boot', notes: '', tags: [] }, ...(JSON.parse(json) as Run) };
      for (const { json: sampleJson } of samplesOf.all(run.id)) {
        attempt(() => {
          const sample = JSON.parse(sampleJson) as Sample;
          const { index: at, subject, counted, bootNs, phases, readings } = numbersOf(sample, tableOfKey(run, sample.subject));
          insert.run(run.id, at, subject, counted ? 1 : 0, bootNs, JSON.stringify({ phases, readings }));
        });
      }
      if (trashed_at === null) index.put(run);
    });
  }
}

/** What does not fit is left out; the full disk and the damaged file are not overlooked. */
function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
  }
}
