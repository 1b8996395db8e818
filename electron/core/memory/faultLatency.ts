import type { MemoryPicture } from '../../contract/metrics.ts';
import { distributionOf } from '../calls/latency.ts';
import { counted } from './amount.ts';
import type { FaultLatencies } from './memoryEvents.ts';

type Latency = Required<Pick<NonNullable<MemoryPicture['faults']>, 'latencyNs' | 'latencyInstructions' | 'latencyWhy'>>;

/** How long the handlers of faults took, and how that is known; or why it is not. `seen` faults are in the trace. */
export function faultLatency({ ns, instructions }: FaultLatencies, seen: number): Latency {
  return { latencyNs: distributionOf(ns), latencyInstructions: distributionOf(instructions), latencyWhy: ns.count === 0 ? whyUnknown(seen) : whatIsKnown(ns.count, seen) };
}

const TECHNIQUE = 'the plugin: from the fault handler’s first instruction to the one with which it goes back to the instruction that faulted, with whatever ran in between';
const OTHERS = 'the others ended in another way (a signal, the program’s end, other code of the kernel) or after the window, or came from the kernel of an ARM, into which a handler goes back in a way that is not followed';

function whatIsKnown(over: number, seen: number): string {
  return over >= seen ? `${TECHNIQUE}; of all ${counted(seen, 'fault')}` : `${TECHNIQUE}; of ${over} of ${counted(seen, 'fault')}: ${OTHERS}`;
}

function whyUnknown(seen: number): string {
  return seen === 0 ? 'no fault is in the trace' : 'no handler was seen to go back to the instruction that faulted; only the plugin looks for it';
}
