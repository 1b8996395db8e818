import type { LabClient } from '../../contract/contract.ts';
import type { DashboardRow } from '../../contract/history.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderDashboard, type DashboardPicture } from '../render/dashboard.ts';
import { localTime } from '../render/times.ts';
import type { Context, Result } from '../run/context.ts';
import { withLab } from '../run/labDoor.ts';
import { openScreen } from '../run/screen.ts';
import { paint, type Terminal } from '../run/terminal.ts';

export interface DashboardOptions {
  /** Prints one dashboard and ends. */
  readonly once?: boolean;
  /** Serves the numbers on this port meanwhile. */
  readonly prometheus?: number;
}

interface News {
  readonly atMs: number;
  readonly rows: readonly DashboardRow[];
}

/** Seconds of CPU that are kept for the trails. */
const TRAIL_SECONDS = 60;

/** Remembers what the dashboard showed, so that each row has a trail. */
function createTrails(cores: number): (news: News) => DashboardPicture {
  const trails = new Map<string, (number | null)[]>();
  return ({ atMs, rows }) => {
    for (const { subject, point, staleSinceMs } of rows) trails.set(subject, [...(trails.get(subject) ?? []), staleSinceMs === null ? (point?.cpuPercent ?? null) : null].slice(-TRAIL_SECONDS));
    return { atMs, rows, cores, trail: (subject) => trails.get(subject) ?? [] };
  };
}

/** The first dashboard with numbers: a rate needs two readings. */
async function firstNews(client: LabClient, signal: AbortSignal): Promise<News> {
  for await (const news of await client.history.watch(undefined, { signal })) {
    if (news.rows.every(({ point, staleSinceMs }) => point !== null || staleSinceMs !== null)) return news;
  }
  return { atMs: Date.now(), rows: [] };
}

/** A file or a pipe has no width: nothing is left out of what goes there. */
function widthOf({ isRead, columns }: Terminal): number {
  return isRead ? columns : Number.POSITIVE_INFINITY;
}

async function printOnce({ terminal, cancelled }: Context, client: LabClient, cores: number): Promise<Result> {
  const news = await firstNews(client, cancelled);
  const text = renderDashboard(createTrails(cores)(news), widthOf(terminal), paint(terminal.colour));
  return { json: news, text, exitCode: exitCodes.ok };
}

/** Draws over the screen until q or Ctrl-C. */
async function showLive({ terminal, cancelled }: Context, client: LabClient, cores: number, footer: string): Promise<void> {
  const left = new AbortController();
  const screen = openScreen(process.stdout, process.stdin, () => left.abort());
  const picture = createTrails(cores);
  try {
    for await (const news of await client.history.watch(undefined, { signal: AbortSignal.any([left.signal, cancelled]) })) {
      const colours = paint(terminal.colour);
      screen.draw([`${colours('bold', 'petri dashboard')}  ${localTime(new Date(news.atMs).toISOString())}  ${footer}`, '', renderDashboard(picture(news), screen.width, colours)].join('\n'));
    }
  } catch (error) {
    if (!left.signal.aborted && !cancelled.aborted) throw error;
  } finally {
    screen.close();
  }
}

/** Prints a table each second, or a line of JSON: for a file or another program. */
async function printAll({ terminal, json, cancelled }: Context, client: LabClient, cores: number): Promise<void> {
  const picture = createTrails(cores);
  try {
    for await (const news of await client.history.watch(undefined, { signal: cancelled })) {
      terminal.print(json ? JSON.stringify(news) : `${new Date(news.atMs).toISOString()}\n${renderDashboard(picture(news), widthOf(terminal), paint(terminal.colour))}\n`);
    }
  } catch (error) {
    if (!cancelled.aborted) throw error;
  }
}

/** The host and all running guests, once a second, until q or Ctrl-C. */
export function dashboard(context: Context, { once = false, prometheus }: DashboardOptions): Promise<Result> {
  const { terminal, lab, json } = context;
  return withLab(lab, async ({ client }) => {
    const { cores } = await client.hosts.fingerprint();
    if (once) return printOnce(context, client, cores);
    const endpoint = prometheus === undefined ? null : await client.history.listen({ port: prometheus });
    try {
      const serves = endpoint === null ? '' : `  for Prometheus: ${endpoint.address ?? ''}`;
      if (terminal.isRead && !json) await showLive(context, client, cores, `q ends it${serves}`);
      else {
        if (serves !== '') terminal.report(serves.trim());
        await printAll(context, client, cores);
      }
    } finally {
      if (endpoint !== null) await client.history.silence();
    }
    return { json: undefined, text: '', exitCode: exitCodes.ok };
  });
}
