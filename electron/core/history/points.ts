import type { HistoryPoint } from '../../contract/history.ts';
import type { ResourceCounters } from '../guests/resourceCounters.ts';

/** Two readings further apart than this are no neighbours: the lab was asleep, or stopped, in between. */
const LONGEST_GAP_MS = 5_000;
/** How far the wall clock may drift from the steady one between two readings; more than that is a step, or a sleep that the steady clock did not count. */
const CLOCK_STEP_MS = 2_000;

/** The newest point of a subject is old when it is older than this: two readings are missing. */
export const STALE_AFTER_MS = 3_000;

/** Whether nothing can be said about the time between two readings. */
export function isBroken(before: ResourceCounters, after: ResourceCounters): boolean {
  const steady = after.steadyMs - before.steadyMs;
  return steady <= 0 || steady > LONGEST_GAP_MS || Math.abs(after.atMs - before.atMs - steady) > CLOCK_STEP_MS;
}

/** The rates between two readings, null when they are no neighbours. */
export function pointBetween(before: ResourceCounters, after: ResourceCounters): HistoryPoint | null {
  if (isBroken(before, after)) return null;
  const seconds = (after.steadyMs - before.steadyMs) / 1_000;
  const rate = (name: keyof ResourceCounters): number | null => {
    const [from, to] = [before[name], after[name]];
    // A counter that went back began anew.
    return from === null || to === null || to < from ? null : (to - from) / seconds;
  };
  const cores = rate('cpuSeconds');
  return {
    atMs: after.atMs,
    cpuPercent: cores === null ? null : 100 * cores,
    memoryBytes: after.memoryBytes,
    hostFaults: rate('hostFaults'),
    exits: rate('exits'),
    diskReadBytes: rate('diskReadBytes'),
    diskWrittenBytes: rate('diskWrittenBytes'),
    networkReceivedBytes: rate('networkReceivedBytes'),
    networkSentBytes: rate('networkSentBytes'),
    consoleBytes: rate('consoleBytes'),
  };
}

/** When a subject was last heard of, by both clocks. */
export interface LastHeard {
  readonly atMs: number;
  readonly steadyMs: number;
}

/** Since when a subject's numbers are old, null while they are fresh. What is paused is old from the pause on. */
export function staleSince(last: LastHeard, now: LastHeard, paused: boolean): number | null {
  const age = Math.max(now.atMs - last.atMs, now.steadyMs - last.steadyMs);
  return paused || age > STALE_AFTER_MS ? last.atMs : null;
}

/** The time by which the past is thinned: a clock that is set far ahead, and maybe back again, must not make it old. */
export function thinningTime(begun: LastHeard, now: LastHeard): number {
  return Math.min(now.atMs, begun.atMs + now.steadyMs - begun.steadyMs);
}
