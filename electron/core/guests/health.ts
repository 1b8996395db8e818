import type { Health, HealthCheck } from '../../contract/guests.ts';

/** What is known of a guest's health from its checks so far. */
export interface HealthState {
  readonly health: Health;
  /** Failed checks since the last good one. */
  readonly failures: number;
}

export interface Checked {
  readonly healthy: boolean;
  readonly says: string;
  readonly at: string;
}

export const unchecked: HealthState = { health: { state: 'none', at: null, says: '' }, failures: 0 };

export function beginHealth(check: HealthCheck | null): HealthState {
  return check === null ? unchecked : { health: { state: 'starting', at: null, says: 'not checked yet' }, failures: 0 };
}

/** How often a guest that has not been healthy yet is looked at, so that it is seen soon when it is ready. */
const STARTING_SECONDS = 1;

export function secondsToNextCheck({ health }: HealthState, { intervalSeconds }: Pick<HealthCheck, 'intervalSeconds'>): number {
  return health.state === 'starting' ? Math.min(STARTING_SECONDS, intervalSeconds) : intervalSeconds;
}

/**
 * One good check makes a guest healthy; so many failed ones in a row as the check says make it unhealthy. A failure that
 * does not count is one of the extra looks at a guest that starts: it gets as much time as the check says.
 */
export function takeCheck({ health, failures }: HealthState, { healthy, says, at }: Checked, retries: number, counts = true): HealthState {
  if (healthy) return { health: { state: 'healthy', at, says }, failures: 0 };
  const inRow = failures + (counts ? 1 : 0);
  return { health: { state: inRow >= retries ? 'unhealthy' : health.state, at, says }, failures: inRow };
}
