import type { CallTable } from '../../../../electron/contract/metrics.ts';
import { rankCalls, type RankedCall } from '../../../../electron/core/calls/rankCalls.ts';

/** A call in the ranking; the key is its own among all, whatever is shown of them. */
export interface ShownCall extends RankedCall {
  readonly key: string;
}

export function callRows(calls: Pick<CallTable, 'rows' | 'total'>): ShownCall[] {
  return rankCalls(calls).map((call) => ({ ...call, key: `${call.group} ${call.name}` }));
}

/** The table as that of one process alone: shares are of its own calls. */
export function callsOfProcess({ rows }: Pick<CallTable, 'rows'>, process: string): Pick<CallTable, 'rows' | 'total'> {
  const own = rows.filter((row) => row.process === process);
  return { rows: own, total: own.reduce((sum, { count }) => sum + count, 0) };
}

/** Who made calls, the busiest first. */
export function processesOf({ rows }: Pick<CallTable, 'rows'>): { readonly name: string; readonly count: number }[] {
  const counts = Map.groupBy(rows, ({ process }) => process);
  return [...counts].map(([name, own]) => ({ name, count: own.reduce((sum, { count }) => sum + count, 0) })).toSorted((one, other) => other.count - one.count);
}
