import type { DashboardRow, HistoryPoint, UnavailableNumber } from '../../contract/history.ts';
import type { Guest, GuestEvent } from '../../contract/guests.ts';
import type { ResourceCounters } from '../../core/guests/resourceCounters.ts';
import type { MetricsSubject } from '../../core/history/metricsText.ts';
import { pointBetween, staleSince, type LastHeard } from '../../core/history/points.ts';
import { unavailableNumbers, type TellingGuest } from '../../core/history/unavailable.ts';

/** The host, or a guest that runs, with its newest numbers. */
interface Subject {
  readonly id: string;
  name: string;
  state: string;
  counters: ResourceCounters | null;
  point: HistoryPoint | null;
  /** What a guest runs on and has; null for the host, and for a guest that has no machine yet. */
  telling: TellingGuest | null;
  /** When its newest point was taken; at first, since when it is looked at. */
  heard: LastHeard;
}

export const HOST = 'host';

/** The subjects of the dashboard: the host first, then guests in the order of their start. */
export interface Subjects {
  /** Takes a reading and answers the point that it makes; none of a paused guest, and none over a gap. */
  read(id: string, counters: ResourceCounters): HistoryPoint | null;
  follow(event: GuestEvent): void;
  rows(now: LastHeard): DashboardRow[];
  metrics(now: LastHeard): MetricsSubject[];
}

export function createSubjects(hostName: string, now: () => LastHeard): Subjects {
  const begin = (id: string, name: string, state: string): Subject => ({ id, name, state, counters: null, point: null, telling: null, heard: now() });
  const subjects = new Map<string, Subject>([[HOST, begin(HOST, hostName, 'running')]]);

  const change = (guest: Guest): void => {
    const { definition: { id, name }, runtime: { state } } = guest;
    if (state === 'stopped') {
      subjects.delete(id);
      return;
    }
    const subject = subjects.get(id) ?? begin(id, name, state);
    subjects.set(id, Object.assign(subject, { name, state, telling: tellingOf(guest) }));
  };
  const stale = ({ heard, state }: Subject, at: LastHeard): number | null => staleSince(heard, at, state === 'paused');
  const unavailable = ({ id, counters, telling }: Subject): UnavailableNumber[] => (counters === null || (telling === null && id !== HOST) ? [] : unavailableNumbers(counters, telling));
  return {
    read(id, counters) {
      const subject = subjects.get(id);
      if (subject === undefined || subject.state === 'paused') return null;
      const before = subject.counters;
      subject.counters = counters;
      const point = before === null ? null : pointBetween(before, counters);
      if (point === null) return null;
      subject.point = point;
      subject.heard = { atMs: counters.atMs, steadyMs: counters.steadyMs };
      return point;
    },
    follow(event) {
      if (event.type === 'snapshot') event.guests.forEach(change);
      else if (event.type === 'changed') change(event.guest);
      else subjects.delete(event.id);
    },
    rows: (at) => [...subjects.values()].map((subject) => ({ subject: subject.id, name: subject.name, state: subject.state, point: subject.point, staleSinceMs: stale(subject, at), unavailable: unavailable(subject) })),
    metrics: (at) => [...subjects.values()].map((subject) => ({ subject: subject.id, name: subject.name, state: subject.state, stale: stale(subject, at) !== null, counters: subject.counters })),
  };
}

function tellingOf({ definition: { disks, network }, runtime }: Guest): TellingGuest | null {
  return 'machine' in runtime ? { accelerator: runtime.machine.accelerator, disks: disks.length, hasNetwork: network.kind !== 'none' } : null;
}
