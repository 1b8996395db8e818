import type { CallRow, CallTable } from '../../contract/metrics.ts';
import { joinDistributions } from '../calls/rankCalls.ts';

/**
 * The call tables of several samples as one: counts are sums, latencies are of all calls. Null for none. A call of a process is the
 * same in two samples when process, group, number and name are.
 */
export function mergeCallTables(tables: readonly CallTable[]): CallTable | null {
  const [first, ...others] = tables;
  if (first === undefined || others.length === 0) return first ?? null;
  const rows = [...Map.groupBy(tables.flatMap((table) => table.rows), keyOf).values()].flatMap(mergeRows);
  const trips = tables.flatMap(({ roundTrips }) => roundTrips ?? []);
  return {
    decoder: first.decoder,
    verified: tables.some(({ verified }) => verified === null) ? null : first.verified,
    total: sumOf(tables, ({ total }) => total),
    entries: mergeEntries(tables),
    rows: rows.sort((one, other) => other.count - one.count || one.name.localeCompare(other.name) || one.process.localeCompare(other.process)),
    unnamed: sumOf(tables, ({ unnamed }) => unnamed),
    roundTrips:
      trips.length === 0
        ? null
        : {
            count: sumOf(trips, ({ count }) => count),
            latencyNs: joinDistributions(trips.map(({ latencyNs }) => latencyNs)),
            latencyInstructions: joinDistributions(trips.map(({ latencyInstructions }) => latencyInstructions)),
          },
  };
}

function keyOf({ process, group, number, name }: CallRow): string {
  return [process, group, number, name].join('\0');
}

function mergeRows(rows: readonly CallRow[]): CallRow[] {
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      ...first,
      count: sumOf(rows, ({ count }) => count),
      errors: rows.some(({ errors }) => errors === null) ? null : sumOf(rows, ({ errors }) => errors ?? 0),
      unreturned: sumOf(rows, ({ unreturned }) => unreturned),
      latencyNs: joinDistributions(rows.map(({ latencyNs }) => latencyNs)),
      latencyInstructions: joinDistributions(rows.map(({ latencyInstructions }) => latencyInstructions)),
    },
  ];
}

function mergeEntries(tables: readonly CallTable[]): CallTable['entries'] {
  const groups = Map.groupBy(tables.flatMap(({ entries }) => entries), ({ entry }) => entry);
  return [...groups].map(([entry, same]) => ({ entry, count: sumOf(same, ({ count }) => count) })).sort((one, other) => other.count - one.count);
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
