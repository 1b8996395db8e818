import type { LifeEvent } from '../../../electron/contract/guests.ts';

/** A stretch of a guest's life in one state. `to` is null while it lasts. */
export interface Stretch<State extends string> {
  readonly state: State;
  readonly from: number;
  readonly to: number | null;
}

export type RunState = 'running' | 'paused';
export type HealthState = 'healthy' | 'unhealthy';

/** What the events say of the state after them; events that are not named leave it as it was. */
const runAfter: Partial<Record<LifeEvent['what'], RunState | null>> = {
  started: 'running', restarted: 'running', adopted: 'running', resumed: 'running', paused: 'paused',
  poweredDown: null, killed: null, crashed: null, lost: null,
};
const healthAfter: Partial<Record<LifeEvent['what'], HealthState | null>> = {
  healthy: 'healthy', unhealthy: 'unhealthy',
  poweredDown: null, killed: null, crashed: null, lost: null,
};

function stretches<State extends string>(events: readonly LifeEvent[], after: Partial<Record<LifeEvent['what'], State | null>>): Stretch<State>[] {
  const found: Stretch<State>[] = [];
  let open = null as { state: State; from: number } | null;
  for (const { at, what } of events) {
    const next = after[what];
    if (next === undefined || next === (open?.state ?? null)) continue;
    const now = Date.parse(at);
    if (open !== null) found.push({ ...open, to: now });
    open = next === null ? null : { state: next, from: now };
  }
  if (open !== null) found.push({ ...open, to: null });
  return found;
}

/** When the guest ran and when it stood still, from its events in the order of their time. */
export function runStretches(events: readonly LifeEvent[]): Stretch<RunState>[] {
  return stretches(events, runAfter);
}

/** When its health check went well and when it did not. */
export function healthStretches(events: readonly LifeEvent[]): Stretch<HealthState>[] {
  return stretches(events, healthAfter);
}

/** A stretch of time to look at, as Unix ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type SpanName = 'run' | 'hour' | 'day' | 'all';

const HOUR_MS = 3_600_000;

/** The span that a name means at `now`. The last run begins with the last start. A little room is left at both ends. */
export function spanOf(name: SpanName, events: readonly LifeEvent[], now: number): Span {
  const first = events[0] === undefined ? now - HOUR_MS : Date.parse(events[0].at);
  const start = events.findLast(({ what }) => what === 'started' || what === 'restarted' || what === 'adopted');
  const from = { run: start === undefined ? first : Date.parse(start.at), hour: now - HOUR_MS, day: now - 24 * HOUR_MS, all: first }[name];
  const length = Math.max(now - from, 1_000);
  return { from: from - length * 0.015, to: now + length * 0.015 };
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800].map((seconds) => seconds * 1_000);

/** Round instants for the axis, at most `most` of them; whole hours and days are those of this place. */
export function axisTicks({ from, to }: Span, most: number): number[] {
  const step = steps.find((size) => (to - from) / size <= most) ?? Math.ceil((to - from) / most / 86_400_000) * 86_400_000;
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const ticks: number[] = [];
  for (let at = first; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** Events of one place on the picture, so that marks never cover each other: each begins `gap` px or more behind the one before. */
export function clusters(events: readonly LifeEvent[], placeOf: (at: number) => number, gap: number): { x: number; events: LifeEvent[] }[] {
  const found: { x: number; events: LifeEvent[] }[] = [];
  for (const event of events) {
    const x = placeOf(Date.parse(event.at));
    const last = found.at(-1);
    if (last !== undefined && x - last.x < gap) last.events.push(event);
    else found.push({ x, events: [event] });
  }
  return found;
}
