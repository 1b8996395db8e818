import type { HistoryPoint } from '../../contract/history.ts';
import { keptSteps, type WeighedPoint } from '../../core/history/stretches.ts';
import type { Database } from '../storage/collections.ts';
import { onDisk } from '../storage/storageFailures.ts';

/** A point of a subject; `host`, or a guest's id. */
export interface SubjectPoint {
  readonly subject: string;
  readonly point: HistoryPoint;
}

export interface HistoryStore {
  /** Writes points of one second, makes the coarser steps of them and forgets what is too old: one transaction. */
  write(points: readonly SubjectPoint[], nowMs: number): void;
  /** In bins of `width` seconds, from the points of one step; the ends are in seconds and belong to it. */
  read(subject: string, step: number, width: number, from: number, to: number): WeighedPoint[];
}

/** A year of some twenty guests that never stop; beyond it the oldest of all go first. */
export const MOST_ROWS = 2_000_000;

interface HistoryRow {
  readonly bin: number;
  readonly rows: number;
  readonly cpu: number | null;
  readonly cpu_maximum: number | null;
  readonly memory: number | null;
  readonly host_faults: number | null;
  readonly exits: number | null;
  readonly disk_read: number | null;
  readonly disk_written: number | null;
  readonly network_received: number | null;
  readonly network_sent: number | null;
  readonly console: number | null;
}

const means = `avg(cpu) AS cpu, max(cpu_maximum) AS cpu_maximum, avg(memory) AS memory, avg(host_faults) AS host_faults, avg(exits) AS exits, avg(disk_read) AS disk_read,
  avg(disk_written) AS disk_written, avg(network_received) AS network_received, avg(network_sent) AS network_sent, avg(console) AS console`;
/** The beginning of the stretch that a row is in. The driver binds numbers as doubles, which would divide as such. */
const bin = (width: string): string => `(at / CAST(${width} AS INTEGER)) * CAST(${width} AS INTEGER)`;
const columns = 'cpu, cpu_maximum, memory, host_faults, exits, disk_read, disk_written, network_received, network_sent, console';

export function openHistoryStore(database: Database, mostRows = MOST_ROWS): HistoryStore {
  const insert = database.prepare(`INSERT OR REPLACE INTO history (subject, step, at, ${columns}) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  // Made from the finer step each time, so that a lab which ended within a stretch loses nothing of it.
  const thin = database.prepare(
    `INSERT OR REPLACE INTO history (subject, step, at, ${columns})
     SELECT subject, @step, ${bin('@step')}, ${means} FROM history WHERE step = @finer AND at >= @from GROUP BY subject, ${bin('@step')}`,
  );
  const forget = database.prepare<[number, number]>('DELETE FROM history WHERE step = ? AND at < ?');
  const select = database.prepare<[{ subject: string; step: number; width: number; from: number; to: number }], HistoryRow>(
    `SELECT ${bin('@width')} AS bin, count(*) AS rows, ${means} FROM history WHERE subject = @subject AND step = @step AND at BETWEEN @from AND @to GROUP BY bin ORDER BY bin`,
  );
  const surplus = database.prepare<[number, number], { at: number }>('SELECT at FROM history WHERE step = ? ORDER BY at DESC LIMIT 1 OFFSET ?');
  const coarsest = keptSteps[2].step;
  let boundedAt = Number.NEGATIVE_INFINITY;

  const forgetOld = (now: number): void => {
    for (const { step, seconds } of keptSteps) forget.run(step, now - seconds);
    if (now - boundedAt < 3_600) return;
    boundedAt = now;
    const last = surplus.get(coarsest, mostRows);
    if (last !== undefined) forget.run(coarsest, last.at + 1);
  };
  const writeAll = database.transaction((points: readonly SubjectPoint[], nowMs: number) => {
    for (const { subject, point } of points) insert.run(subject, Math.floor(point.atMs / 1_000), ...valuesOf(point));
    const from = points.reduce((earliest, { point }) => Math.min(earliest, Math.floor(point.atMs / 1_000)), Number.MAX_SAFE_INTEGER);
    if (points.length > 0) for (const [at, { step }] of keptSteps.entries()) if (at > 0) thin.run({ step, finer: keptSteps[at - 1]?.step, from: Math.floor(from / step) * step });
    forgetOld(Math.floor(nowMs / 1_000));
  });
  return {
    write: (points, nowMs) => onDisk(database.name, () => writeAll(points, nowMs)),
    read: (subject, step, width, from, to) => onDisk(database.name, () => select.all({ subject, step, width, from: Math.floor(from / step) * step, to })).map((row) => pointOf(row, step)),
  };
}

function valuesOf(point: HistoryPoint): (number | null)[] {
  const { cpuPercent, memoryBytes, hostFaults, exits, diskReadBytes, diskWrittenBytes, networkReceivedBytes, networkSentBytes, consoleBytes } = point;
  return [cpuPercent, cpuPercent, memoryBytes, hostFaults, exits, diskReadBytes, diskWrittenBytes, networkReceivedBytes, networkSentBytes, consoleBytes];
}

function pointOf(row: HistoryRow, step: number): WeighedPoint {
  return {
    seconds: row.rows * step,
    point: {
      atMs: row.bin * 1_000,
      cpuPercent: row.cpu,
      cpuMaximumPercent: row.cpu_maximum,
      memoryBytes: row.memory,
      hostFaults: row.host_faults,
      exits: row.exits,
      diskReadBytes: row.disk_read,
      diskWrittenBytes: row.disk_written,
      networkReceivedBytes: row.network_received,
      networkSentBytes: row.network_sent,
      consoleBytes: row.console,
    },
  };
}
