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

/** One good check makes a guest healthy; so many failed ones in a row as the check says make it unhealthy. */
export function takeCheck({ health, failures }: HealthState, { healthy, says, at }: Checked, retries: number): HealthState {
  if (healthy) return { health: { state: 'healthy', at, says }, failures: 0 };
  const inRow = failures + 1;
  return { health: { state: inRow >= retries ? 'unhealthy' : health.state, at, says }, failures: inRow };
}
