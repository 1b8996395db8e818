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
  /** Kernels give an address space to another process when its own is gone: the how-manieth process a space has now, from 1 on. */
  generationOf(space: bigint): number;
  /** Everything that is still open never returned: the window or the trace ended, or the guest rebooted. */
  abandon(): EndedCall[];
}

/** A signal's handler may be interrupted in a call by another signal, and so on; nobody was seen to go this deep. */
const DEEPEST = 16;
/** A child of these may share the address space and the thread's register with its parent until it execs, while the parent waits. */
const sharing = new Set(['vfork', 'clone', 'clone3']);

/**
 * Joins calls and returns by their context. A context may have several open calls: a signal's handler makes calls while the one
 * that it interrupted is open, so the newest ends first.
 */
export function createCallPairing(): CallPairing {
  const spaces = new Map<bigint, Map<bigint, EndedCall[]>>();
  const generations = new Map<bigint, number>();
  /** Spaces whose process has ended, or is in an exec from which it may not return. */
  const leaving = new Set<bigint>();

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

  const beginIn = (space: bigint, begun: EndedCall): EndedCall[] => {
    const { call, decoded } = begun;
    if (decoded.ends === 'process') {
      leaving.add(space);
      return [...takeSpace(space), begun];
    }
    if (decoded.ends === 'thread') {
      const over = takeThread(call.context);
      if ((spaces.get(space)?.size ?? 0) === 0) leaving.add(space);
      return [...over, begun];
    }
    const stack = stackOf(call.context);
    const isSharing = stack.some((open) => sharing.has(open.decoded.name));
    if (decoded.ends === 'handler' || (decoded.ends === 'image' && isSharing)) return [begun];
    if (decoded.ends === 'image') leaving.add(space);
    const over = stack.length > 0 && isBegunAgain(stack[stack.length - 1], begun) ? stack.splice(-1) : [];
    stack.push(begun);
    return stack.length > DEEPEST ? [...over, ...stack.splice(0, 1)] : over;
  };
  const leave = (space: bigint): EndedCall[] => {
    if (!leaving.delete(space)) return [];
    generations.set(space, (generations.get(space) ?? 1) + 1);
    return takeSpace(space);
  };

  return {
    begin(call, decoded) {
      const { space } = call.context;
      return [...leave(space), ...beginIn(space, { call, decoded, returned: null })];
    },
    end(returned) {
      const { space, thread } = returned.context;
      const open = spaces.get(space)?.get(thread)?.pop();
      if (open === undefined) return null;
      // The exec failed.
      if (open.decoded.ends === 'image') leaving.delete(space);
      return { ...open, returned };
    },
    generationOf: (space) => generations.get(space) ?? 1,
    abandon() {
      leaving.clear();
      return [...spaces.keys()].flatMap(takeSpace);
    },
  };
}

/** An interrupted call may be made again with the same registers. */
function isBegunAgain(open: EndedCall | undefined, next: EndedCall): boolean {
  return open !== undefined && open.decoded.number === next.decoded.number && sameRegisters(open.call, next.call);
}

function sameRegisters({ registers }: CallEvent, { registers: others }: CallEvent): boolean {
  return Object.entries(registers).every(([name, value]) => others[name] === value);
}
