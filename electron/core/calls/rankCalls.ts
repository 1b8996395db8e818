import type { CallRow, CallTable, Distribution } from '../../contract/metrics.ts';

/** One call of the whole guest. */
export interface RankedCall extends Omit<CallRow, 'process'> {
  /** From 1 on, by how often it was made. */
  readonly rank: number;
  /** Its part of all calls, 0 to 1. */
  readonly share: number;
  /** How many processes made it. */
  readonly processes: number;
}

/** The calls of all processes together, the most frequent first. */
export function rankCalls({ rows, total }: Pick<CallTable, 'rows' | 'total'>): RankedCall[] {
  const groups = Map.groupBy(rows, ({ group, name }) => `${group}\0${name}`);
  const joined = [...groups.values()].map((same) => joinRows(same, total)).sort((one, other) => other.count - one.count || one.name.localeCompare(other.name));
  return joined.map((call, at) => ({ ...call, rank: at + 1 }));
}

function joinRows(rows: readonly CallRow[], total: number): Omit<RankedCall, 'rank'> {
  const sum = (of: (row: CallRow) => number): number => rows.reduce((whole, row) => whole + of(row), 0);
  const { name = '', number = 0, group = '' } = rows[0] ?? {};
  const count = sum((row) => row.count);
  return {
    name, number, group, count,
    share: total === 0 ? 0 : count / total,
    processes: rows.length,
    errors: rows.some(({ errors }) => errors === null) ? null : sum((row) => row.errors ?? 0),
    unreturned: sum((row) => row.unreturned),
    latencyNs: joinDistributions(rows.map(({ latencyNs }) => latencyNs)),
    latencyInstructions: joinDistributions(rows.map(({ latencyInstructions }) => latencyInstructions)),
  };
}

/** Minimum, maximum and mean stay exact; a percentile is the middle of its bucket, so it is as right as those of the parts. */
export function joinDistributions(parts: readonly (Distribution | null)[]): Distribution | null {
  const some = parts.filter((part) => part !== null);
  if (some.length < 2) return some[0] ?? null;
  const count = some.reduce((whole, part) => whole + part.count, 0);
  const [min, max] = [Math.min(...some.map((part) => part.min)), Math.max(...some.map((part) => part.max))];
  const buckets = joinBuckets(some);
  const percentile = (share: number): number => Math.min(max, Math.max(min, bucketAt(buckets, Math.ceil(share * count))));
  return {
    count, min, max,
    mean: some.reduce((whole, part) => whole + part.mean * part.count, 0) / count,
    median: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    error: Math.max(...some.map((part) => part.error)),
    buckets,
  };
}

function joinBuckets(parts: readonly Distribution[]): Distribution['buckets'] {
  const joined = new Map<number, [number, number, number]>();
  for (const [low, high, count] of parts.flatMap(({ buckets }) => buckets)) joined.set(low, [low, high, (joined.get(low)?.[2] ?? 0) + count]);
  return [...joined.values()].sort(([one], [other]) => one - other);
}

function bucketAt(buckets: Distribution['buckets'], rank: number): number {
  let passed = 0;
  for (const [low, high, count] of buckets) {
    passed += count;
    if (passed >= rank) return low + Math.floor((high - low) / 2);
  }
  return 0;
}
