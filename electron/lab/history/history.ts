import type { DashboardRow, HistoryStretch } from '../../contract/history.ts';
import type { GuestEvent } from '../../contract/guests.ts';
import type { ResourceCounters } from '../../core/guests/resourceCounters.ts';
import { metricsText } from '../../core/history/metricsText.ts';
import { thinningTime, type LastHeard } from '../../core/history/points.ts';
import { binSeconds, binWidth, merge, stepKept } from '../../core/history/stretches.ts';
import { openHistoryStore, type SubjectPoint } from '../../host/history/historyStore.ts';
import { hostName, readHostCounters } from '../../host/history/hostCounters.ts';
import type { Database } from '../../host/storage/collections.ts';
import { createFeed } from '../feed.ts';
import { describeError, type Log } from '../log.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { createSubjects, HOST } from './subjects.ts';

const READ_EVERY_MS = 1_000;
/** Each write waits for the disk, so a lab that only watches wakes it twice a minute. */
const WRITE_EVERY_READINGS = 30;
/** A page that shows ten minutes asks for a little more than that when it asks again; what is a few seconds older is still there. */
const ASKED_LATE_SECONDS = 10;
/** Where the disk refuses, so many points wait for it at most: ten minutes of five guests and the host. */
const MOST_WAITING = 3_600;

export interface Dashboard {
  readonly atMs: number;
  readonly rows: DashboardRow[];
}

export interface StretchQuery {
  readonly subject: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

export interface HistoryDependencies {
  readonly database: Database;
  readonly guests: {
    watch(signal?: AbortSignal): AsyncGenerator<GuestEvent>;
    /** Each reading of each running guest, until the answered function is called. */
    onCounters(listener: (guest: string, counters: ResourceCounters) => void): () => void;
  };
  readonly version: string;
  readonly log: Log;
}

export interface HistoryService {
  /** The dashboard at once and each second. */
  watch(signal?: AbortSignal): AsyncGenerator<Dashboard>;
  range(query: StretchQuery): HistoryStretch;
  readonly endpoint: Endpoint;
  /** Writes what is not written yet. */
  dispose(): Promise<void>;
}

const now = (): LastHeard => ({ atMs: Date.now(), steadyMs: performance.now() });

/** What the host and its guests took, second by second, and the past of it. */
export function createHistory({ database, guests, version, log }: HistoryDependencies): HistoryService {
  const store = openHistoryStore(database);
  const feed = createFeed<Dashboard>({ newestOnly: true });
  const closing = new AbortController();
  const subjects = createSubjects(hostName(), now);
  const endpoint = createEndpoint(() => metricsText(subjects.metrics(now()), version));
  const begun = now();
  /** Not on the disk yet. */
  let waiting: SubjectPoint[] = [];

  const read = (subject: string, counters: ResourceCounters): void => {
    const point = subjects.read(subject, counters);
    if (point !== null) waiting.push({ subject, point });
  };
  const dashboard = (): Dashboard => {
    const at = now();
    return { atMs: at.atMs, rows: subjects.rows(at) };
  };
  const write = (): void => {
    try {
      store.write(waiting, thinningTime(begun, now()));
      waiting = [];
    } catch (error) {
      waiting = waiting.slice(-MOST_WAITING);
      log({ level: 'warn', noun: 'history', message: 'the history could not be written', details: { error: describeError(error) } });
    }
  };
  let readings = 0;
  const tick = (): void => {
    read(HOST, readHostCounters());
    if (feed.subscribers > 0) feed.publish(dashboard());
    readings += 1;
    if (readings % WRITE_EVERY_READINGS === 0) write();
  };
  const timer = setInterval(tick, READ_EVERY_MS);
  const leave = guests.onCounters(read);
  const following = followGuests(guests.watch(closing.signal), (event) => subjects.follow(event));
  read(HOST, readHostCounters());

  return {
    endpoint,
    watch: (signal) => feed.subscribe(signal, dashboard()),
    range({ subject, fromMs, toMs, points }) {
      const step = stepKept((Date.now() - fromMs) / 1_000 - ASKED_LATE_SECONDS);
      const stepSeconds = binWidth(step, (toMs - fromMs) / 1_000, points);
      const written = store.read(subject, step, stepSeconds, Math.floor(fromMs / 1_000), Math.floor(toMs / 1_000));
      const unwritten = waiting.filter((one) => one.subject === subject && one.point.atMs >= fromMs && one.point.atMs <= toMs).map(({ point }) => point);
      return { subject, stepSeconds, points: merge([...written, ...binSeconds(unwritten, stepSeconds)]).map(({ point }) => point) };
    },
    async dispose() {
      clearInterval(timer);
      leave();
      closing.abort();
      await following;
      await endpoint.dispose();
      write();
      feed.close();
    },
  };
}

async function followGuests(events: AsyncGenerator<GuestEvent>, follow: (event: GuestEvent) => void): Promise<void> {
  for await (const event of events) follow(event);
}
