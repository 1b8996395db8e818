import type { Database } from 'better-sqlite3';
import { sample, type Sample } from '../../contract/measurements.ts';
import { onDisk } from './storageFailures.ts';

/** The raw samples of all runs. A sample is added once and never changed. */
export interface SampleStore {
  /** Returns when the sample is on the disk. Fails when the run already has a sample of this index. */
  add(runId: string, value: Sample): void;
  list(runId: string): Sample[];
  /** The one of this index, or none. */
  at(runId: string, index: number): Sample[];
  count(runId: string): number;
}

interface SampleColumns {
  run: string;
  sample_index: number;
  subject: string;
  outcome: string;
  boot_ns: number | null;
  json: string;
}

export function openSampleStore(database: Database): SampleStore {
  const insert = database.prepare<[SampleColumns]>(
    `INSERT INTO samples (run, sample_index, subject, outcome, boot_ns, json)
     VALUES (@run, @sample_index, @subject, @outcome, @boot_ns, @json)`,
  );
  const list = database.prepare<[string], { json: string }>('SELECT json FROM samples WHERE run = ? ORDER BY sample_index');
  const at = database.prepare<[string, number], { json: string }>('SELECT json FROM samples WHERE run = ? AND sample_index = ?');
  const count = database.prepare<[string], { total: number }>('SELECT count(*) AS total FROM samples WHERE run = ?');
  const guarded = <Result>(action: () => Result): Result => onDisk(database.name, action);
  return {
    add(runId, value) {
      const { index, subject, outcome } = value;
      const columns = { run: runId, sample_index: index, subject, outcome, boot_ns: bootNs(value), json: JSON.stringify(sample.parse(value)) };
      guarded(() => insert.run(columns));
    },
    list: (runId) => guarded(() => list.all(runId)).map(({ json }) => sample.parse(JSON.parse(json))),
    at: (runId, index) => guarded(() => at.all(runId, index)).map(({ json }) => sample.parse(JSON.parse(json))),
    count: (runId) => guarded(() => count.get(runId))?.total ?? 0,
  };
}

/** From the first phase to the last of a complete boot, else null. */
function bootNs({ outcome, phases }: Sample): number | null {
  const seen = phases.flatMap((stamp) => (stamp.status === 'seen' ? [stamp.atNs] : []));
  const first = seen[0];
  const last = seen.at(-1);
  return outcome === 'complete' && first !== undefined && last !== undefined ? last - first : null;
}
