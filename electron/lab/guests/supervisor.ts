import type { GuestDefinition, Restarts } from '../../contract/guests.ts';
import { supervise, supervision, unsupervised, type Supervision, type SupervisionEvent } from '../../core/guests/supervision.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import type { Activity } from '../activity.ts';
import { describeError, type Log } from '../log.ts';
import type { MachineLedger } from './machineLedger.ts';
import type { Runtimes } from './runtimes.ts';

export interface SupervisorDependencies {
  readonly database: Database;
  readonly definitions: { list(): GuestDefinition[] };
  readonly runtimes: Pick<Runtimes, 'get'>;
  readonly ledger: Pick<MachineLedger, 'lastEnd'>;
  readonly activity: Pick<Activity, 'hold'>;
  /** Starts a guest for its policy. */
  readonly start: (definition: GuestDefinition) => Promise<void>;
  readonly onChange: (id: string) => void;
  readonly log: Log;
}

/** Starts guests again as their restart policies say. */
export interface Supervisor {
  restarts(id: string): Restarts;
  /** To be told of what happens to a guest. */
  tell(id: string, event: SupervisionEvent): void;
  /** Once, when what an earlier lab left is adopted: starts what is to run with the lab. */
  begin(): void;
  /** From now on nothing is started any more. */
  stop(): void;
}

/** Long after a guest has its first instruction, and soon enough for a lab that dies. */
const WRITE_AFTER_MS = 500;

export function createSupervisor({ database, definitions, runtimes, ledger, activity, start, onChange, log }: SupervisorDependencies): Supervisor {
  const states = openCollection(database, 'supervision', supervision);
  const waiting = new Map<string, () => void>();
  /** Starts that are not written down yet: a write waits for the disk, which no guest should do before it runs. */
  const unwritten = new Map<string, Supervision>();
  let writing: NodeJS.Timeout | undefined;
  let stopped = false;

  const stateOf = (id: string): Supervision => unwritten.get(id) ?? states.get(id) ?? unsupervised;
  const writeDown = (): void => {
    clearTimeout(writing);
    try {
      for (const [id, state] of unwritten) states.put(id, state);
      unwritten.clear();
    } catch (error) {
      // On a full disk it stays unwritten, which counts as before; the next write tries again.
      log({ level: 'error', noun: 'guests', message: 'what guests were asked for could not be written down', details: describeError(error) });
    }
  };
  const keep = (id: string, state: Supervision, soon: boolean): void => {
    unwritten.set(id, state);
    clearTimeout(writing);
    if (soon) writing = setTimeout(writeDown, WRITE_AFTER_MS);
    else writeDown();
  };
  const find = (id: string): GuestDefinition | undefined => definitions.list().find((definition) => definition.id === id);

  const startAgain = async (id: string): Promise<void> => {
    const definition = find(id);
    if (stopped || definition === undefined || runtimes.get(id).state !== 'stopped') return;
    try {
      await start(definition);
    } catch (error) {
      log({ level: 'warn', noun: 'guests', message: `${id} could not be started again`, details: describeError(error) });
      tell(id, { type: 'startFailed' });
    }
  };
  /** The lab stays for a guest that is to be started again. */
  const startAt = (id: string, atMs: number): void => {
    const release = activity.hold('guest');
    const timer = setTimeout(() => {
      waiting.delete(id);
      void startAgain(id).finally(release);
    }, Math.max(0, atMs - Date.now()));
    waiting.set(id, () => {
      clearTimeout(timer);
      release();
    });
  };
  const rearm = (id: string, { nextAtMs }: Supervision): void => {
    waiting.get(id)?.();
    waiting.delete(id);
    if (nextAtMs !== null && !stopped) startAt(id, nextAtMs);
  };
  const tell = (id: string, event: SupervisionEvent): void => {
    const definition = find(id);
    if (definition === undefined) {
      rearm(id, unsupervised);
      return;
    }
    if (stopped) return;
    const before = stateOf(id);
    const next = supervise(before, event, definition.restart, Date.now());
    keep(id, next, event.type === 'started');
    rearm(id, next);
    if (next.count !== before.count || next.nextAtMs !== before.nextAtMs) onChange(id);
  };

  return {
    tell,
    restarts(id) {
      const { count, nextAtMs } = stateOf(id);
      return { count, nextAt: nextAtMs === null ? null : new Date(nextAtMs).toISOString() };
    },
    begin() {
      for (const { id, autostart } of definitions.list()) {
        if (runtimes.get(id).state === 'stopped') tell(id, { type: 'labBegan', autostart, lastEnd: ledger.lastEnd(id)?.how ?? null });
      }
    },
    stop() {
      stopped = true;
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
      writeDown();
    },
  };
}
