import type { DashboardRow, HistoryPoint } from '../../../electron/contract/history.ts';

/** One subject as the page follows it: its newest line, and the points of the last while, oldest first. */
export interface LiveRow extends DashboardRow {
  readonly points: readonly HistoryPoint[];
}

export interface LiveDashboard {
  readonly atMs: number;
  readonly rows: readonly LiveRow[];
}

/** As many seconds as a small line shows. */
export const LIVE_POINTS = 60;

/** The dashboard after an event: what came twice with a new line is not taken twice, and who is gone takes his points along. */
export function applyDashboard(before: LiveDashboard | null, { atMs, rows }: { readonly atMs: number; readonly rows: readonly DashboardRow[] }): LiveDashboard {
  return {
    atMs,
    rows: rows.map((row) => {
      const points = before?.rows.find(({ subject }) => subject === row.subject)?.points ?? [];
      const isNew = row.point !== null && row.point.atMs > (points.at(-1)?.atMs ?? -Infinity);
      return { ...row, points: isNew && row.point !== null ? [...points, row.point].slice(-LIVE_POINTS) : points };
    }),
  };
}
