import type { MemoryModel, MemoryPicture } from '../../contract/metrics.ts';
import type { TraceTotals } from '../traces/traceEvent.ts';
import { accessPattern, spatialLocality } from './accessPattern.ts';
import { counted } from './amount.ts';
import { faultLatency } from './faultLatency.ts';
import { faultSeverity } from './faultSeverity.ts';
import type { MemoryEvents } from './memoryEvents.ts';
import { hitRatios, tlbEffectiveness } from './modelCounters.ts';
import { recommend } from './recommendations.ts';

/** What is known of a window beside its events. */
export interface MemoryWindow {
  /** Of everything in the window, whether it is in the trace or not. */
  readonly totals: TraceTotals;
  readonly fromNs: number;
  readonly toNs: number;
  /** What the caches and TLBs were modelled as; null for no model. */
  readonly model: MemoryModel | null;
  /** Whether the instrument looked for page faults. */
  readonly watchesFaults: boolean;
  /** What the guest read from its drives in the window, 0 when it has none; null where nobody counted. */
  readonly driveBytesRead: number | null;
}

/**
 * What a window says of memory: faults, the model's ratios, working set, pattern, and what to do about it. Null when neither faults
 * nor memory were looked at.
 */
export function memoryPicture(events: MemoryEvents, window: MemoryWindow): MemoryPicture | null {
  const faults = window.watchesFaults ? faultsOf(events, window) : null;
  const model = modelOf(events, window.model);
  if (faults === null && model === null) return null;
  const { totals, model: sizes } = window;
  const facts = { faults, model, counters: events.counters, sizes, copiesOnWrite: events.faults.copiesOnWrite, instructions: totals.instructions, spaceLoads: totals.spaceLoads };
  return { faults, model, recommendations: recommend(facts) };
}

function faultsOf({ faults, faultLatencies }: MemoryEvents, { totals, fromNs, toNs, driveBytesRead }: MemoryWindow): NonNullable<MemoryPicture['faults']> {
  const { all, user, kernel, writes, executes, protection } = faults;
  const total = totals.faults;
  const { minor, major, why: split } = minorAndMajor(total, driveBytesRead);
  const { severity, why } = faultSeverity({ total, major, instructions: totals.instructions, seconds: (toNs - fromNs) / 1e9 });
  const cut = all === total ? [] : [`The kinds are those of the ${counted(all, 'fault')} in the trace.`];
  return { total, minor, major, user, kernel, writes, executes, protection, severity, why: [why, ...split, ...cut].join(' '), ...faultLatency(faultLatencies, all) };
}

/**
 * A fault is major when it waits for a drive (getrusage(2): `ru_majflt`). From outside one sees that a guest reads from a drive and not
 * which fault it does it for, so only a window without any reads tells: all of its faults are minor. Else both are unknown.
 */
function minorAndMajor(total: number, driveBytesRead: number | null): { readonly minor: number | null; readonly major: number | null; readonly why: readonly string[] } {
  if (total === 0) return { minor: 0, major: 0, why: [] };
  if (driveBytesRead === 0) return { minor: total, major: 0, why: ['The guest read from no drive in the window, so none of them was major.'] };
  const reads = driveBytesRead === null ? 'The guest has drives' : `The guest read ${counted(driveBytesRead, 'byte')} from its drives`;
  return { minor: null, major: null, why: [`${reads}, and from outside it does not show which fault waited for one: minor and major are not told apart.`] };
}

function modelOf({ counters, workingSet, stepInstructions }: MemoryEvents, sizes: MemoryModel | null): MemoryPicture['model'] {
  if (counters === null || sizes === null) return null;
  return {
    sizes,
    hitRatios: hitRatios(counters),
    workingSet: workingSet.map(({ atNs, pages, instructions }) => ({ atNs, pages, ...(instructions !== undefined && { instructions }) })),
    ...(stepInstructions !== null && { stepInstructions }),
    accessPattern: accessPattern(counters.strides),
    spatialLocality: spatialLocality(counters.strides),
    tlbEffectiveness: tlbEffectiveness(counters),
  };
}
