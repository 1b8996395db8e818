import type { EventStamp } from '../traces/traceEvent.ts';
import type { EndedCall } from './pairCalls.ts';
import { messageWord } from './registers.ts';

/** A request and its answer, as the process that asked sees them. */
export interface RoundTrip {
  readonly from: EventStamp;
  readonly to: EventStamp;
  readonly call: EndedCall;
}

/**
 * Finds round trips among calls in the order of their ends: one call that sends and receives, or a request that is sent and
 * a receive of the same process whose message is from whom it was sent to.
 */
export function createRoundTrips(): { add(ended: EndedCall): RoundTrip | null } {
  const asked = new Map<string, EndedCall>();
  return {
    add(ended) {
      const { call, decoded, returned } = ended;
      if (returned === null || decoded.exchange === null) return null;
      if (decoded.exchange === 'roundTrip') return { from: call, to: returned, call: ended };
      const caller = `${call.context.space}:${call.context.thread}`;
      if (decoded.exchange === 'send') {
        // An answer is the other half of somebody else's round trip.
        if (decoded.class === 'reply') asked.delete(caller);
        else asked.set(caller, ended);
        return null;
      }
      const request = asked.get(caller);
      asked.delete(caller);
      return request !== undefined && isAnswer(request, ended) ? { from: request.call, to: returned, call: request } : null;
    },
  };
}

function isAnswer(request: EndedCall, receive: EndedCall): boolean {
  const asked = request.decoded.target?.number;
  if (asked === undefined) return false;
  return receive.decoded.target?.number === asked || messageWord(receive.returned?.message ?? null, 0) === asked;
}
