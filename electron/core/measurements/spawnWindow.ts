import type { EventPlan, PhaseTable } from '../../contract/measurements.ts';
import type { MetricOutlook } from '../instruments/eventInstrument.ts';
import type { WindowEnd } from '../traces/exactWindow.ts';
import { lastPhase } from './phases.ts';

/** What is known of a boot that can end its window. */
export interface KnownOfBoot {
  readonly isKnown: (symbol: string) => boolean;
  /** When the phase was seen on the serial line; null when it was not. */
  readonly seenNs: (phase: string) => number | null;
}

/**
 * Where the events of a boot end: at its last phase's symbol, else at that phase's own stamp; null when it has neither. In logical time a
 * symbol of an earlier phase is better than a stamp, which comes at a time of the host. A window after the boot ends as it was asked to.
 */
export function endOfSpawnWindow({ logicalTime, window }: Pick<EventPlan, 'logicalTime' | 'window'>, table: PhaseTable, { isKnown, seenNs }: KnownOfBoot): WindowEnd | null {
  if (window.from !== 'spawn') return null;
  const last = lastPhase(table);
  const exact = logicalTime ? table.phases.findLast(({ symbol }) => symbol !== undefined && isKnown(symbol)) : last;
  if (exact?.symbol !== undefined && isKnown(exact.symbol)) return { kind: 'symbol', symbol: exact.symbol };
  const atNs = last === undefined ? null : seenNs(last.name);
  return atNs === null ? null : { kind: 'time', atNs };
}

/** How a window from the spawn ended in fact. */
export type SpawnWindowEnd = WindowEnd['kind'] | 'host';

/** Says with the numbers of a window how far they were counted, where that is not to the instruction of its end. */
export function outlookOfEnd(outlook: readonly MetricOutlook[], end: SpawnWindowEnd): readonly MetricOutlook[] {
  const saying = (one: MetricOutlook, words: string): MetricOutlook => (one.certainty === 'unavailable' ? one : { ...one, reason: one.reason === null ? words : `${one.reason}; ${words}` });
  if (end === 'host') return outlook.map((one) => saying(one, 'the count goes to the moment at which the host stopped it, after the last phase'));
  if (end === 'symbol') return outlook;
  return outlook.map((one) => (one.metric === 'instructions' ? saying(one, 'counted to the last event before the stamp of the last phase') : one));
}
