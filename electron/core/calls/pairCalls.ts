import type { CallEvent, Context, ReturnEvent } from '../traces/traceEvent.ts';
import type { DecodedCall } from './decodedCall.ts';

/** A call that is over: with its return, or without one, when it never came. */
export interface EndedCall {
  readonly call: CallEvent;
  readonly decoded: DecodedCall;
  readonly returned: ReturnEvent | null;
}

export interface CallPairing {
  /** A call begins. What it shows to be over is answered: a call that ends its process, the exec before it, a call that begins again. */
  begin(call: CallEvent, decoded: DecodedCall): EndedCall[];
  /** A return belongs to the newest open call of its context; null when there is none: a child's first, one from before the window. */
  end(returned: ReturnEvent): EndedCall | null;
  /** Everything that is still open never returned: the window or the trace ended, or the guest rebooted. */
  abandon(): EndedCall[];
}

/** A signal's handler may be interrupted in a call by another signal, and so on; nobody was seen to go this deep. */
const DEEPEST = 16;

/**
 * Joins calls and returns by their context. A context may have several open calls: a signal's handler makes calls while the one
 * that it interrupted is open, so the newest ends first.
 */
export function createCallPairing(): CallPairing {
  const spaces = new Map<bigint, Map<bigint, EndedCall[]>>();

  const stackOf = ({ space, thread }: Context): EndedCall[] => {
    const threads = spaces.get(space) ?? new Map<bigint, EndedCall[]>();
    const stack = threads.get(thread) ?? [];
    spaces.set(space, threads.set(thread, stack));
    return stack;
  };
  const takeThread = ({ space, thread }: Context): EndedCall[] => {
    const stack = spaces.get(space)?.get(thread) ?? [];
    spaces.get(space)?.delete(thread);
    return stack;
  };
  const takeSpace = (space: bigint): EndedCall[] => {
    const all = [...(spaces.get(space)?.values() ?? [])].flat();
    spaces.delete(space);
    return all;
  };

  return {
    begin(call, decoded) {
      const begun = { call, decoded, returned: null };
      if (decoded.ends === 'process') return [...takeSpace(call.context.space), begun];
      if (decoded.ends === 'thread') return [...takeThread(call.context), begun];
      if (decoded.ends === 'handler') return [begun];
      const stack = stackOf(call.context);
      const over = stack.length > 0 && isOver(stack[stack.length - 1], begun) ? stack.splice(-1) : [];
      stack.push(begun);
      return stack.length > DEEPEST ? [...over, ...stack.splice(0, 1)] : over;
    },
    end(returned) {
      const open = spaces.get(returned.context.space)?.get(returned.context.thread)?.pop();
      return open === undefined ? null : { ...open, returned };
    },
    abandon() {
      return [...spaces.keys()].flatMap(takeSpace);
    },
  };
}

/** An exec that succeeded does not return, and an interrupted call may be made again with the same registers. */
function isOver(open: EndedCall | undefined, next: EndedCall): boolean {
  if (open === undefined) return false;
  return open.decoded.ends === 'image' || (open.decoded.number === next.decoded.number && sameRegisters(open.call, next.call));
}

function sameRegisters({ registers }: CallEvent, { registers: others }: CallEvent): boolean {
  return Object.entries(registers).every(([name, value]) => others[name] === value);
}
