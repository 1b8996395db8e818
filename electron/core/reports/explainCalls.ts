import type { Distribution } from '../../contract/metrics.ts';
import type { CallSummary, EventSummary } from '../../contract/summaries.ts';
import { callsInAll } from '../measurements/callsInAll.ts';
import { formatAmount, formatCount, formatShare } from '../charts/numbers.ts';

/** From here on the slowest hundredth is said to be something else than the usual call. */
const LONG_TAIL = 10;

/** Which system calls were made, how long they took, and what the shape of their times says. */
export function explainCalls(events: EventSummary): string[] {
  const { calls, ranking, roundTrips, samples } = events;
  const [first, second] = ranking;
  if (calls === null || first === undefined) return [];
  const in_ = samples.length === 1 ? 'in the window' : `in the windows of ${samples.length} boots together`;
  const counted = callsInAll(events);
  return [
    `${counted === null ? 'Programs' : `The trace was cut: what follows is of the part before. In all there were ${formatCount(counted)} calls; until then programs`} entered the kernel ${formatCount(calls.total)} times ${in_}, by ${calls.entries.map(({ entry, count }) => `${entry} (${formatCount(count)})`).join(', ')}.`,
    `The most frequent call is ${nameOf(first)} with ${formatShare(first.share)} of all${second === undefined ? '' : `, then ${nameOf(second)} with ${formatShare(second.share)}`}.`,
    ...latency(first),
    ...(ranking.some(({ errors }) => (errors ?? 0) > 0) ? [`Calls that returned an error: ${ranking.filter(({ errors }) => (errors ?? 0) > 0).map((call) => `${nameOf(call)} ${formatCount(call.errors ?? 0)}`).join(', ')}. An error is often part of normal work: a program looks for a file in several places.`] : []),
    ...(ranking.some(({ unreturned }) => unreturned > 0) ? ['Calls that had not returned when the window ended are counted, and have no latency.'] : []),
    ...(roundTrips === null || roundTrips.latencyNs === null ? [] : [`A message and its answer (round trip) took ${spread(roundTrips.latencyNs, 'ns')}; there were ${formatCount(roundTrips.count.median)} of them ${roundTrips.count.count === 1 ? 'in this boot' : 'in a boot (median)'}.`]),
    `Names of calls are those of the decoder ${calls.decoder}; ${calls.verified === null ? 'they were NOT checked on a real boot of this system' : `they were checked: ${calls.verified}`}.${calls.unnamed === 0 ? '' : ` ${formatCount(calls.unnamed)} calls have a number that no table names.`}`,
  ];
}

function nameOf({ name, group }: Pick<CallSummary, 'name' | 'group'>): string {
  return group === '' ? name : `${name} (${group})`;
}

function latency({ name, latencyNs, latencyInstructions }: CallSummary): string[] {
  if (latencyNs === null) return [];
  const tail = latencyNs.median > 0 && latencyNs.p99 / latencyNs.median >= LONG_TAIL;
  return [
    `Half of the calls of ${name} take at most ${spread(latencyNs, 'ns')}. ${tail ? 'The slowest take many times as long as the usual: they waited for a device, for another process, or for the emulator, which translates code when it is first met.' : 'The slow ones are not far from the usual: nothing waits in this call.'}`,
    ...(latencyInstructions === null ? [] : [`In instructions, which do not depend on how fast the host is: at most ${spread(latencyInstructions, 'instructions')}.`]),
  ];
}

function spread({ median, p95, p99, error }: Distribution, unit: 'ns' | 'instructions'): string {
  return `${formatAmount(median, unit)}, 95 of 100 at most ${formatAmount(p95, unit)}, 99 of 100 at most ${formatAmount(p99, unit)} (each exact to ${formatShare(error)})`;
}
