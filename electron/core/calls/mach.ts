import type { CallEvent, ReturnEvent } from '../traces/traceEvent.ts';
import { classOf, type CallNames } from './callNames.ts';
import type { CallDecoder, CallOutcome, DecodedCall, Exchange } from './decodedCall.ts';
import { messageWord, registerOf, signed32, signedRegister } from './registers.ts';

/** mach/message.h: where the header has the port that is sent to, and the id, with ports of 32 and of 64 bits. */
const HEADER_32 = { port: 8, id: 20 };
const HEADER_64 = { port: 8, id: 28 };
/** mach/message.h: MACH_SEND_MSG and MACH_RCV_MSG. */
const SENDS = 1;
const RECEIVES = 2;
/** A reply's id is that of the request and this (the Mach interface generator's convention). */
const REPLY_OFFSET = 100;
/** They answer with the name of a port, and with none (0) when they fail. */
const givePorts = new Set(['mach_reply_port', 'mach_thread_self', 'mach_task_self', 'mach_host_self']);
/** They answer with nothing that tells of a failure. */
const giveNothing = new Set(['mach_print', 'swtch', 'swtch_pri', 'evc_wait', 'evc_wait_clear']);

/** GNU Mach, with the ids of its own messages and of the Hurd's: a call gate or SYSCALL with a trap's number, below zero, in EAX. */
export function machDecoder(mach: CallNames, hurd: CallNames): CallDecoder {
  return {
    id: mach.id,
    title: mach.title,
    verified: mach.verified,
    decode(event) {
      const number = signedRegister(event, 'eax', 'rax');
      if ((event.entry.kind !== 'callGate' && event.entry.kind !== 'syscall') || number === null || number >= 0) return null;
      const trap = mach.traps[String(number)];
      const decoded = plainTrap(mach, number, trap);
      return trap === 'mach_msg' ? { ...decoded, ...message([mach, hurd], event) } : decoded;
    },
    outcome,
  };
}

function plainTrap(mach: CallNames, number: number, trap: string | undefined): DecodedCall {
  const itself = { number, name: trap ?? `trap ${number}`, named: trap !== undefined, class: 'trap' };
  return { system: mach.id, verified: mach.verified, ...itself, operation: null, target: null, exchange: null, ends: null };
}

/** What is sent by a mach_msg; one that only receives, or whose message could not be read, is named by the trap. */
function message(tables: readonly CallNames[], event: CallEvent): Partial<DecodedCall> {
  const wide = event.registers['rsi'] !== undefined;
  const option = wide ? Number((registerOf(event, 'rsi') ?? 0n) & 3n) : null;
  const exchange = exchangeOf(option);
  const header = wide ? HEADER_64 : HEADER_32;
  const id = messageWord(event.message, header.id);
  if (id === null || exchange === 'receive') return { operation: 'mach_msg', exchange };
  const port = messageWord(event.message, header.port);
  return { operation: 'mach_msg', exchange, target: port === null ? null : { number: port, name: null }, ...requestOf(tables, id) };
}

/** On i386 the option is on the stack, which nobody reads. */
function exchangeOf(option: number | null): Exchange {
  if (option === null) return null;
  if ((option & SENDS) === 0) return (option & RECEIVES) === 0 ? null : 'receive';
  return (option & RECEIVES) === 0 ? 'send' : 'roundTrip';
}

function requestOf(tables: readonly CallNames[], id: number): Partial<DecodedCall> {
  for (const table of tables) {
    const request = table.numbers[String(id)];
    if (request !== undefined) return { system: table.id, verified: table.verified, number: id, name: request, named: true, class: classOf(table, id) ?? 'message' };
    const replied = table.numbers[String(id - REPLY_OFFSET)];
    if (replied !== undefined) return { system: table.id, verified: table.verified, number: id, name: `${replied} reply`, named: true, class: classOf(table, id - REPLY_OFFSET) ?? 'message' };
  }
  const [first] = tables;
  return { number: id, name: `message ${id}`, named: false, class: (first === undefined ? null : classOf(first, id)) ?? 'message' };
}

/** Zero is success; mach_msg's own failures and those of the kernel are other numbers. What a server answered lies behind the header. */
function outcome(call: DecodedCall, { result }: ReturnEvent): CallOutcome {
  const value = signed32(result);
  if (givePorts.has(call.name)) return { error: value === 0, errorNumber: null };
  if (call.operation === null && giveNothing.has(call.name)) return { error: false, errorNumber: null };
  return { error: value !== 0, errorNumber: value === 0 ? null : value };
}
