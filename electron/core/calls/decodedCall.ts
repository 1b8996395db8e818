import type { CallEntry, CallEvent, ReturnEvent } from '../traces/traceEvent.ts';
import type { Verification } from './callNames.ts';

/** What a call is in an exchange of messages; null for what is none. */
export type Exchange = 'roundTrip' | 'send' | 'receive' | null;
/** What a call can end instead of returning: a signal's handler, its thread, its process, or the program that made it. */
export type Ending = 'handler' | 'thread' | 'process' | 'image';

/** A call of the guest in the words of its system. */
export interface DecodedCall {
  /** The table that the name is from: `minix-3.4`, `linux-x86_64`, `mach`, … */
  readonly system: string;
  /** The number that the name stands for: of the call, the request, the operation or the trap. */
  readonly number: number;
  readonly name: string;
  /** Whether the table has that number; without it the name is the number in words. */
  readonly named: boolean;
  /** The server or subsystem that the number belongs to: `PM`, `kernel`, `fs`, `system call`. */
  readonly class: string;
  /** How a message is passed: `SENDREC`, `mach_msg`; null where there is no message. */
  readonly operation: string | null;
  /** Who is asked: an endpoint or a port, and its name where the system fixes it. */
  readonly target: { readonly number: number; readonly name: string | null } | null;
  readonly exchange: Exchange;
  /** What it ends, so that nobody waits for its return; `image`: the program, when it succeeds. Null for all others. */
  readonly ends: Ending | null;
  /** The boot on which this system's names were checked, or null: then they are unverified. */
  readonly verified: Verification | null;
}

/** How a call ended; `error` is null where the convention does not tell it. */
export interface CallOutcome {
  readonly error: boolean | null;
  /** The system's own number of the error, positive; null without one. */
  readonly errorNumber: number | null;
}

/** Reads the calls of one system, by its registers' conventions. */
export interface CallDecoder {
  readonly id: string;
  readonly title: string;
  readonly verified: Verification | null;
  /** Null for what is no call of this system, such as another interrupt's vector. */
  decode(event: CallEvent): DecodedCall | null;
  outcome(call: DecodedCall, event: ReturnEvent): CallOutcome;
}

/** An entry in words: `int 0x21`, `sysenter`. */
export function entryText(entry: CallEntry): string {
  return entry.kind === 'int' ? `int 0x${entry.vector.toString(16)}` : entry.kind;
}
