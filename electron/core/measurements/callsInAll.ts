import type { EventSummary } from '../../contract/summaries.ts';

/**
 * How many calls the instrument counted in all samples together, where the tables have fewer of them, because a trace was
 * cut; null where they have them all.
 */
export function callsInAll({ calls, metrics, samples }: Pick<EventSummary, 'calls' | 'metrics' | 'samples'>): number | null {
  const counted = metrics.find(({ metric }) => metric === 'systemCalls')?.statistics ?? null;
  if (calls === null || counted === null || counted.count !== samples.length) return null;
  const inAll = Math.round(counted.mean * counted.count);
  return inAll > calls.total ? inAll : null;
}
